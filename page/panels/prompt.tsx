/** Lua as it is typed. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { PromptAnswer } from "../../src/inspect/api.ts";
import { post } from "../api.ts";
import { Field, Note } from "../parts.tsx";

interface Exchange extends PromptAnswer {
  readonly code: string;
}

/** What a page keeps of what was typed, here and while another panel is shown. */
const MOST = 100;
let kept: readonly Exchange[] = [];

export function Prompt({ writes }: { writes: boolean }) {
  const [exchanges, setExchanges] = useState(kept);
  const [code, setCode] = useState("");
  const [isRunning, setRunning] = useState(false);
  /** How far back in what was typed. */
  const back = useRef(0);
  const input = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    kept = exchanges;
    input.current?.scrollIntoView({ block: "nearest" });
  }, [exchanges]);
  if (!writes) {
    return (
      <Note>
        Code can write whatever its actor may, so that there is a prompt with <code>moonkeep inspect --write</code>, or{" "}
        <code>write: true</code> of <code>host.inspect</code>. <code>moonkeep repl</code> is one in the terminal.
      </Note>
    );
  }
  const run = async () => {
    if (code.trim() === "" || isRunning) return;
    setRunning(true);
    const answer = await post<PromptAnswer>("prompt", { code }).catch((e: Error): PromptAnswer => {
      return { printed: "", values: [], error: e.message };
    });
    setRunning(false);
    if (answer.isIncomplete) return setCode(`${code}\n`);
    setExchanges((before) => [...before, { code, ...answer }].slice(-MOST));
    setCode("");
    back.current = 0;
    input.current?.focus();
  };
  const recall = (by: number) => {
    back.current = Math.min(exchanges.length, Math.max(0, back.current + by));
    setCode(exchanges[exchanges.length - back.current]?.code ?? "");
  };
  const key = (e: KeyboardEvent) => {
    if (e.key === "Enter" && !e.shiftKey) {
      e.preventDefault();
      void run();
    } else if (!code.includes("\n") && (e.key === "ArrowUp" || e.key === "ArrowDown")) {
      e.preventDefault();
      recall(e.key === "ArrowUp" ? 1 : -1);
    }
  };
  return (
    <>
      <ol class="list exchanges" aria-live="polite">
        {exchanges.map((exchange, i) => (
          <Shown key={i} {...exchange} />
        ))}
      </ol>
      <Field name="Lua" hint="Enter runs it, Shift+Enter begins a line, arrows bring back what was typed">
        <textarea
          ref={input}
          rows={Math.min(12, code.split("\n").length + 1)}
          value={code}
          spellcheck={false}
          autocapitalize="off"
          readOnly={isRunning}
          onInput={(e) => setCode(e.currentTarget.value)}
          onKeyDown={key}
        />
      </Field>
      <div class="bar">
        <button type="button" class="main" disabled={isRunning} onClick={run}>
          {isRunning ? "Running …" : "Run"}
        </button>
      </div>
    </>
  );
}

const Shown = ({ code, printed, values, error }: Exchange) => (
  <li>
    <pre class="typed">{code}</pre>
    {printed !== "" && <pre>{printed}</pre>}
    {values.length > 0 && <pre class="values">{values.join("\n")}</pre>}
    {error !== undefined && <pre class="problem">{error}</pre>}
  </li>
);
