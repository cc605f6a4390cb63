/** The stores; the keys of one of them, by prefix and page by page; and an entry that is open. */
import { useEffect, useState } from "preact/hooks";
import type { KeyPage, KeyView, StoreView } from "../../src/inspect/api.ts";
import { useAnswer, useNow, useSettled } from "../hooks.ts";
import { Answer, Field, Note } from "../parts.tsx";
import { duration, keyText, size } from "../show.ts";
import { Entry } from "./entry.tsx";

export function Stores({ writes }: { writes: boolean }) {
  const stores = useAnswer<readonly StoreView[]>("stores", {}, 5000);
  const [chosen, setChosen] = useState<string>();
  return (
    <Answer of={stores}>
      {(all) => {
        const open = all.find(({ id }) => id === chosen) ?? all[0];
        if (open === undefined) return <Note>The registry has no stores.</Note>;
        return (
          <>
            <Field name="Store">
              <select value={open.id} onChange={(e) => setChosen(e.currentTarget.value)}>
                {all.map(({ id, kind, plugin }) => (
                  <option key={id} value={id}>
                    {id} ({kind}
                    {plugin !== undefined && `, plugin ${plugin}`})
                  </option>
                ))}
              </select>
            </Field>
            <Note>
              {open.durable ? "Kept when the process ends" : "Gone when what keeps it ends"}; {open.consistency}
              {open.entries !== undefined && `; ${open.entries.toLocaleString()} entries`}
            </Note>
            <Keys key={open.id} store={open.id} writes={writes} />
          </>
        );
      }}
    </Answer>
  );
}

function Keys({ store, writes }: { store: string; writes: boolean }) {
  const [prefix, setPrefix] = useState("");
  /** The last key of each page before this one. */
  const [before, setBefore] = useState<readonly string[]>([]);
  const [open, setOpen] = useState<KeyView | "new">();
  const settled = useSettled(prefix);
  const after = before.at(-1);
  const keys = useAnswer<KeyPage>("keys", { store, prefix: settled, ...(after === undefined ? {} : { after }) });
  useEffect(() => setBefore([]), [settled]);
  const done = () => {
    setOpen(undefined);
    keys.again();
  };
  return (
    <>
      <div class="bar">
        <Field name="Prefix">
          <input type="search" value={prefix} spellcheck={false} onInput={(e) => setPrefix(e.currentTarget.value)} />
        </Field>
        <button type="button" onClick={keys.again}>
          Read again
        </button>
        {writes && (
          <button type="button" onClick={() => setOpen("new")}>
            Add an entry
          </button>
        )}
      </div>
      {open !== undefined && (
        <Entry key={open === "new" ? "new" : keyText(open.key)} store={store} of={open} writes={writes} done={done} />
      )}
      <Answer of={keys}>
        {({ items, next }) => (
          <>
            {items.length === 0 && <Note>{settled === "" ? "The store is empty." : "No key begins with this."}</Note>}
            {items.length > 0 && <Table items={items} open={setOpen} />}
            <div class="bar">
              <button type="button" disabled={before.length === 0} onClick={() => setBefore(before.slice(0, -1))}>
                Page before
              </button>
              <span>Page {before.length + 1}</span>
              <button type="button" disabled={next === undefined} onClick={() => setBefore([...before, next!])}>
                Next page
              </button>
            </div>
          </>
        )}
      </Answer>
    </>
  );
}

function Table({ items, open }: { items: readonly KeyView[]; open: (entry: KeyView) => void }) {
  const now = useNow();
  const [read, setRead] = useState(now);
  useEffect(() => setRead(Date.now()), [items]);
  return (
    <table class="rows keys">
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">Value</th>
          <th scope="col">Lives</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => {
          const left = item.ttl === undefined ? undefined : item.ttl - Math.max(0, now - read);
          return (
            <tr key={keyText(item.key)} class={left !== undefined && left <= 0 ? "gone" : ""}>
              <th scope="row">
                <button type="button" class="key" onClick={() => open(item)}>
                  {keyText(item.key)}
                </button>
              </th>
              <td data-name="Value">
                <Value {...item.value} />
              </td>
              <td data-name="Lives" class="number">
                {left === undefined ? "for ever" : left <= 0 ? "expired" : duration(left)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Value({ json, isCut, bytes, error }: KeyView["value"]) {
  if (error !== undefined) return <Note>{error}</Note>;
  if (json === undefined) return <Note>{size(bytes)}: too large to be shown</Note>;
  return (
    <code class="value">
      {json}
      {isCut && <small> … ({size(bytes)})</small>}
    </code>
  );
}
