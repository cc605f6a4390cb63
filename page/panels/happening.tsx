/** Denials, logs, events and runs that ended, as they come. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Happening as Told } from "../../src/inspect/api.ts";
import { Note, Problem, Tag } from "../parts.tsx";
import { timeOfDay } from "../show.ts";

/** What a page keeps. */
const MOST = 500;
const kinds = { denial: "Denials", log: "Logs", event: "Events", run: "Runs" } as const;
const colours = { info: "plain", warn: "warn", error: "bad" } as const;

interface Kept extends Told {
  readonly number: number;
}

export function Happening() {
  const [all, setAll] = useState<readonly Kept[]>([]);
  const [isConnected, setConnected] = useState(true);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [isPaused, setPaused] = useState(false);
  const paused = useRef(false);
  const waiting = useRef<Kept[]>([]);
  useEffect(() => {
    const stream = new EventSource("/api/stream");
    stream.onopen = () => setConnected(true);
    stream.onerror = () => setConnected(false);
    stream.onmessage = ({ data, lastEventId }) => {
      waiting.current.push({ ...JSON.parse(data), number: Number(lastEventId) });
      if (waiting.current.length > MOST) waiting.current.shift();
    };
    // Thousands may come in a second; a page is drawn a few times.
    const timer = setInterval(() => {
      if (paused.current || waiting.current.length === 0) return;
      const come = waiting.current.splice(0).reverse();
      setAll((before) => [...come, ...before].slice(0, MOST));
    }, 200);
    return () => {
      stream.close();
      clearInterval(timer);
    };
  }, []);
  const toggle = (kind: string) =>
    setHidden((before) => new Set(before.has(kind) ? [...before].filter((one) => one !== kind) : [...before, kind]));
  const shown = all.filter(({ kind }) => !hidden.has(kind));
  return (
    <>
      <fieldset class="bar" aria-label="What is shown">
        {Object.entries(kinds).map(([kind, name]) => (
          <label key={kind} class="check">
            <input type="checkbox" checked={!hidden.has(kind)} onChange={() => toggle(kind)} /> {name}
          </label>
        ))}
        <button
          type="button"
          aria-pressed={isPaused}
          onClick={() => {
            paused.current = !isPaused;
            setPaused(!isPaused);
          }}
        >
          {isPaused ? "Go on" : "Pause"}
        </button>
      </fieldset>
      {!isConnected && <Problem>The stream was cut; it is opened again by itself.</Problem>}
      {shown.length === 0 && <Note>Nothing has happened since the page was opened.</Note>}
      <ol class="list happenings" aria-label="What happened, the latest first">
        {shown.map(({ number, kind, time, level, text, more }) => (
          <li key={number}>
            <time>{timeOfDay(time)}</time> <Tag as={colours[level]}>{kind}</Tag> <span>{text}</span>
            {more !== undefined && <code class="more">{more}</code>}
          </li>
        ))}
      </ol>
    </>
  );
}
