import { useState } from "preact/hooks";
import type { EntryView } from "../../src/inspect/api.ts";
import { useAnswer } from "../hooks.ts";
import { Answer, Field, Note } from "../parts.tsx";

/** More than anybody reads; whoever looks for one types a part of its name. */
const MOST = 200;

export function Entries() {
  const entries = useAnswer<readonly EntryView[]>("entries", {}, 5000);
  const [wanted, setWanted] = useState("");
  return (
    <Answer of={entries}>
      {(all) => {
        const found = all.filter(({ id, kind, place }) => `${id} ${kind} ${place}`.includes(wanted));
        return (
          <>
            <Field name="Find" hint="a part of an id, a kind or a place">
              <input type="search" value={wanted} onInput={(e) => setWanted(e.currentTarget.value)} />
            </Field>
            <Note>
              {found.length} of {all.length} entries{found.length > MOST && `; these are the first ${MOST}`}
            </Note>
            <table class="rows">
              <thead>
                <tr>
                  <th scope="col">Id</th>
                  <th scope="col">Kind</th>
                  <th scope="col">Place</th>
                  <th scope="col">Notes</th>
                </tr>
              </thead>
              <tbody>
                {found.slice(0, MOST).map((entry) => (
                  <Row key={`${entry.plugin} ${entry.id}`} {...entry} />
                ))}
              </tbody>
            </table>
          </>
        );
      }}
    </Answer>
  );
}

const Row = ({ id, kind, place, plugin, meta }: EntryView) => (
  <tr>
    <th scope="row">
      <code>{id}</code>
    </th>
    <td data-name="Kind">{kind}</td>
    <td data-name="Place">
      <code>{place}</code>
      {plugin !== undefined && <> of the plugin {plugin}</>}
    </td>
    <td data-name="Notes">{Object.keys(meta).length > 0 && <code>{JSON.stringify(meta)}</code>}</td>
  </tr>
);
