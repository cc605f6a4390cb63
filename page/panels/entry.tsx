/** One entry: the whole of its value, and what may be done with it. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Change, KeyView, Removal } from "../../src/inspect/api.ts";
import { post } from "../api.ts";
import { useAnswer } from "../hooks.ts";
import { Answer, Field, Note, Problem } from "../parts.tsx";
import { duration, keyText, milliseconds, size } from "../show.ts";

interface Props {
  readonly store: string;
  readonly of: KeyView | "new";
  readonly writes: boolean;
  /** Nobody looks at it any more. */
  done(): void;
}

export function Entry({ store, of, writes, done }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    heading.current?.focus();
    return () => before instanceof HTMLElement && before.isConnected && before.focus();
  }, []);
  return (
    <section class="card" aria-labelledby="entry" onKeyDown={(e) => e.key === "Escape" && done()}>
      <div class="bar">
        <h3 id="entry" ref={heading} tabIndex={-1}>
          {of === "new" ? "A new entry" : <code>{keyText(of.key)}</code>}
        </h3>
        <button type="button" onClick={done}>
          Close
        </button>
      </div>
      {of === "new" ? (
        <Editor store={store} done={done} />
      ) : (
        <Shown store={store} of={of} writes={writes} done={done} />
      )}
    </section>
  );
}

function Shown({ store, of, writes, done }: Props & { of: KeyView }) {
  const entry = useAnswer<KeyView>("entry", { store, key: JSON.stringify(of.key) });
  return (
    <Answer of={entry}>
      {(found) => {
        const { json, isCut, bytes } = found.value;
        const about = `Version ${found.version}; about ${size(bytes)}; lives ${found.ttl === undefined ? "for ever" : duration(found.ttl)}`;
        if (json === undefined) return <Note>{about}; too large to be shown</Note>;
        if (writes && !isCut) return <Editor key={found.version} store={store} of={found} about={about} done={done} />;
        return (
          <>
            <pre>{json}</pre>
            <Note>
              {about}
              {isCut && "; this is its beginning"}
            </Note>
            {writes && <Editor.Delete store={store} of={found} done={done} failed={() => {}} />}
          </>
        );
      }}
    </Answer>
  );
}

interface EditorProps {
  readonly store: string;
  readonly of?: KeyView;
  readonly about?: string;
  done(): void;
}

function Editor({ store, of, about, done }: EditorProps) {
  const [key, setKey] = useState("");
  const [json, setJson] = useState(of?.value.json ?? "");
  const lives = of?.ttl === undefined ? "" : `${Math.ceil(of.ttl / 1000)}s`;
  const [life, setLife] = useState(lives);
  const [error, setError] = useState<string>();
  const save = async (e: Event) => {
    e.preventDefault();
    const ttl = life.trim() === "" ? undefined : milliseconds(life);
    if (life.trim() !== "" && !ttl) return setError('A time to live is seconds, or a duration such as "1h30m".');
    const change: Change = {
      store,
      key: of?.key ?? key,
      json,
      version: of?.version ?? null,
      ...(of !== undefined && life === lives ? { keepTtl: true } : ttl === undefined ? {} : { ttl }),
    };
    await post("set", change).then(done, (failure: Error) => setError(failure.message));
  };
  return (
    <form onSubmit={save}>
      {of === undefined && (
        <Field name="Key">
          <input value={key} spellcheck={false} onInput={(e) => setKey(e.currentTarget.value)} />
        </Field>
      )}
      <Field name="Value" hint="JSON; a text has quotes">
        <textarea rows={8} value={json} spellcheck={false} onInput={(e) => setJson(e.currentTarget.value)} />
      </Field>
      <Field name="Lives" hint="seconds, or 1h30m; empty: for ever">
        <input value={life} onInput={(e) => setLife(e.currentTarget.value)} />
      </Field>
      {about !== undefined && <Note>{about}</Note>}
      {error !== undefined && <Problem>{error}</Problem>}
      <div class="bar">
        <button type="submit" class="main">
          Save
        </button>
        {of !== undefined && <Editor.Delete store={store} of={of} done={done} failed={setError} />}
      </div>
    </form>
  );
}

interface DeleteProps {
  readonly store: string;
  readonly of: KeyView;
  done(): void;
  failed(message: string): void;
}

/** Asks once more: there is no way back. */
Editor.Delete = ({ store, of, done, failed }: DeleteProps) => {
  const [isSure, setSure] = useState(false);
  const remove = () => {
    const removal: Removal = { store, key: of.key, version: of.version };
    return post("delete", removal).then(done, (e: Error) => failed(e.message));
  };
  return (
    <button type="button" class="danger" onClick={isSure ? remove : () => setSure(true)}>
      {isSure ? "Delete it: there is no way back" : "Delete"}
    </button>
  );
};
