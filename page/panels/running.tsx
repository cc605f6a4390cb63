/** What runs, where it waits, and what the host is connected to. */
import { useState } from "preact/hooks";
import type { Going, HealthView, RunView } from "../../src/inspect/api.ts";
import { post } from "../api.ts";
import { useAnswer, useNow } from "../hooks.ts";
import { Answer, Note, Problem, Tag } from "../parts.tsx";
import { duration } from "../show.ts";

export function Running({ writes }: { writes: boolean }) {
  const going = useAnswer<Going>("going", {}, 1000);
  return (
    <>
      <Answer of={going}>
        {({ runs, waiting, threads, plugins }) => (
          <>
            <dl class="numbers">
              <Count name="Runs" n={runs.length} />
              <Count name="Wait for a thread" n={waiting} />
              <Count name="Threads that run" n={threads.running} />
              <Count name="Kept by functions" n={threads.kept} />
              <Count name="Ready" n={threads.idle} />
            </dl>
            <Runs runs={runs} writes={writes} changed={going.again} />
            <h3>Plugins</h3>
            {plugins.length === 0 && <Note>No plugin is loaded.</Note>}
            {plugins.map((plugin) => (
              <Plugin key={plugin.name} {...plugin} />
            ))}
          </>
        )}
      </Answer>
      <Health />
    </>
  );
}

const Count = ({ name, n }: { name: string; n: number }) => (
  <div>
    <dt>{name}</dt>
    <dd>{n}</dd>
  </div>
);

function Runs({ runs, writes, changed }: { runs: readonly RunView[]; writes: boolean; changed: () => void }) {
  const now = useNow();
  const [error, setError] = useState<string>();
  const kill = (run: number) => post("kill", { run }).then(changed, (e: Error) => setError(e.message));
  if (runs.length === 0) return <Note>Nothing runs.</Note>;
  return (
    <>
      {error !== undefined && <Problem>{error}</Problem>}
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Acts as</th>
            <th scope="col">In</th>
            <th scope="col">For</th>
            {writes && <th scope="col">End</th>}
          </tr>
        </thead>
        <tbody>
          {runs.map(({ id, source, actor, isolation, since }) => (
            <tr key={id}>
              <th scope="row">
                <code>{source}</code> <small>{id}</small>
              </th>
              <td data-name="Acts as">{actor ?? "nobody"}</td>
              <td data-name="In">{isolation === "worker" ? "a thread of its own" : "the host's thread"}</td>
              <td data-name="For" class="number">
                {duration(now - since)}
              </td>
              {writes && (
                <td>
                  <button type="button" class="danger" onClick={() => kill(id)}>
                    End {source}
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

const Plugin = ({ name, version, description, functions, hooks, suspended }: Going["plugins"][number]) => (
  <details>
    <summary>
      <Tag as={suspended ? "bad" : "good"}>{suspended ? "suspended" : "works"}</Tag> <code>{name}</code> {version}
    </summary>
    {description !== undefined && <p>{description}</p>}
    <dl>
      <dt>Functions</dt>
      <dd>{functions.join(", ") || "none"}</dd>
      <dt>Hooks</dt>
      <dd>{hooks.join(", ") || "none"}</dd>
      <dt>Breaker</dt>
      <dd>{suspended ? "open: its hooks are left out after failures" : "closed"}</dd>
    </dl>
  </details>
);

function Health() {
  const health = useAnswer<readonly HealthView[]>("health", {}, 10_000);
  return (
    <>
      <h3>Databases and stores</h3>
      <Answer of={health}>
        {(all) =>
          all.length === 0 ? (
            <Note>There are none.</Note>
          ) : (
            <ul class="list">
              {all.map(({ id, kind, ok, version, error, warnings, milliseconds }) => (
                <li key={id}>
                  <Tag as={ok ? "good" : "bad"}>{ok ? "answers" : "down"}</Tag> <code>{id}</code> <small>{kind}</small>{" "}
                  {ok ? `${version ?? ""}, ${milliseconds.toFixed(1)} ms` : error}
                  {warnings.map((warning) => (
                    <Note key={warning}>{warning}</Note>
                  ))}
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </>
  );
}
