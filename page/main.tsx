/** The page: its panels, and which of them is shown. */
import { type ComponentType, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Overview } from "../src/inspect/api.ts";
import { useAnswer } from "./hooks.ts";
import { Entries } from "./panels/entries.tsx";
import { Happening } from "./panels/happening.tsx";
import { type Measured, Metrics, useMeasured } from "./panels/metrics.tsx";
import { Policies } from "./panels/policies.tsx";
import { Prompt } from "./panels/prompt.tsx";
import { Running } from "./panels/running.tsx";
import { Stores } from "./panels/stores.tsx";
import { Problem, Tag } from "./parts.tsx";

interface Panel {
  readonly name: string;
  readonly show: ComponentType<{ writes: boolean; counts: boolean; measured: Measured }>;
}

const panels: Readonly<Record<string, Panel>> = {
  stores: { name: "Stores", show: Stores },
  entries: { name: "Entries", show: Entries },
  policies: { name: "Policies", show: Policies },
  running: { name: "Running", show: Running },
  happening: { name: "Happening", show: Happening },
  metrics: { name: "Metrics", show: Metrics },
  prompt: { name: "Prompt", show: Prompt },
};

const chosen = () => (Object.hasOwn(panels, location.hash.slice(1)) ? location.hash.slice(1) : "stores");

function Page() {
  const [open, setOpen] = useState(chosen);
  const overview = useAnswer<Overview>("overview", {}, 5000);
  const { value, error } = overview;
  const measured = useMeasured();
  useEffect(() => {
    const changed = () => setOpen(chosen());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  const { name, show: Show } = panels[open]!;
  const { writes = false, counts = false } = value ?? {};
  useEffect(() => {
    document.title = `${name} · moonkeep inspect`;
  }, [name]);
  return (
    <>
      <header>
        <h1>
          <img src="/icon.svg" alt="" width="20" height="20" /> moonkeep
        </h1>
        {value !== undefined && (
          <p>
            {value.version} · Node.js {value.node.slice(1)} · process {value.pid}{" "}
            <Tag as={writes ? "warn" : "plain"}>{writes ? "can change things" : "only reads"}</Tag>
          </p>
        )}
      </header>
      <nav aria-label="Panels">
        {Object.entries(panels).map(([id, panel]) => (
          <a key={id} href={`#${id}`} aria-current={id === open ? "page" : undefined}>
            {panel.name}
          </a>
        ))}
      </nav>
      <main>
        <h2>{name}</h2>
        {error !== undefined && <Problem>{error}</Problem>}
        {(value !== undefined || error !== undefined) && <Show writes={writes} counts={counts} measured={measured} />}
      </main>
    </>
  );
}

history.replaceState(null, "", `/${location.hash}`); // the token is in the cookie now
render(<Page />, document.getElementById("page")!);
