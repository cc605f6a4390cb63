/** Metrics with their course since the page was opened. */
import { useEffect, useState } from "preact/hooks";
import type { MetricView } from "../../src/inspect/api.ts";
import { type Asked, useAnswer } from "../hooks.ts";
import { Answer, Note } from "../parts.tsx";
import { number } from "../show.ts";

const EVERY = 2000;
/** Five minutes. */
const KEPT = 150;

type Course = readonly number[];

export interface Measured {
  readonly metrics: Asked<readonly MetricView[]>;
  readonly courses: ReadonlyMap<string, Course>;
}

/** What is counted, from the opening of the page on. */
export function useMeasured(): Measured {
  const metrics = useAnswer<readonly MetricView[]>("metrics", {}, EVERY);
  const [courses, setCourses] = useState<Measured["courses"]>(new Map());
  const { value } = metrics;
  useEffect(() => {
    if (value === undefined) return;
    setCourses((before) => {
      const all = value.flatMap(({ name, samples }) =>
        samples.map((one) => [`${name} ${one.labels}`, one.value] as const),
      );
      return new Map(all.map(([name, now]) => [name, [...(before.get(name) ?? []), now].slice(-KEPT)]));
    });
  }, [value]);
  return { metrics, courses };
}

export function Metrics({ counts, measured: { metrics, courses } }: { counts: boolean; measured: Measured }) {
  if (!counts) return <Note>Nothing is counted: the host was opened without metrics: true.</Note>;
  return (
    <Answer of={metrics}>
      {(all) => (
        <>
          <Note>
            Read every 2 s; the lines show the last five minutes at most, those of counters how much was added.
          </Note>
          {all
            .filter(({ samples }) => samples.length > 0)
            .map((metric) => (
              <Metric key={metric.name} {...metric} courses={courses} />
            ))}
          <details>
            <summary>Without numbers so far</summary>
            <p>
              {all
                .filter(({ samples }) => samples.length === 0)
                .map(({ name }) => name)
                .join(", ")}
            </p>
          </details>
        </>
      )}
    </Answer>
  );
}

function Metric({ name, type, help, samples, courses }: MetricView & { courses: ReadonlyMap<string, Course> }) {
  return (
    <section class="metric">
      <h3>
        <code>{name}</code>
      </h3>
      <Note>{help}</Note>
      {samples.map(({ labels, value, sum }) => (
        <div key={labels} class="sample">
          <code>{labels}</code>
          <Plot course={courses.get(`${name} ${labels}`) ?? []} grows={type !== "gauge"} name={`${name} ${labels}`} />
          <span class="number">
            {number(value)}
            {sum !== undefined && value > 0 && <small> · {number((sum / value) * 1000)} ms each</small>}
          </span>
        </div>
      ))}
    </section>
  );
}

const [WIDTH, HEIGHT] = [150, 28];
/** How many numbers are as wide as the plot at first. */
const FEWEST = 30;

/** What grows is drawn by how much was added each time. */
function Plot({ course, grows, name }: { course: Course; grows: boolean; name: string }) {
  const values = grows ? course.slice(1).map((value, i) => Math.max(0, value - course[i]!)) : course;
  const most = Math.max(...values, Number.MIN_VALUE);
  const points = values.map((value, i) => {
    const x = WIDTH - (values.length - 1 - i) * (WIDTH / (Math.max(values.length, FEWEST) - 1));
    return `${x.toFixed(1)},${(HEIGHT - 2 - (value / most) * (HEIGHT - 4)).toFixed(1)}`;
  });
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={`The course of ${name}`}
    >
      <line x1="0" x2={WIDTH} y1={HEIGHT - 1.5} y2={HEIGHT - 1.5} />
      {points.length > 1 && <polyline points={points.join(" ")} />}
    </svg>
  );
}
