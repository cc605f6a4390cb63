/** `moonkeep repl`: Lua as it is typed, in a state that stays open, and a few commands beside it. */
import { createInterface, type Interface } from "node:readline";
import { CanceledError, MoonkeepError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import type { CallOptions } from "../../host/run-options.ts";
import type { Session } from "../../host/session.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { describeError, errorLine, errorText, Output, printable, type Styles, stylesOf } from "../output.ts";
import { callOptions, checkActor, openHost, type SessionFlags } from "../session.ts";
import { PATIENCE, Signals } from "../signals.ts";
import { sourceLine } from "../source-line.ts";
import { standardInput } from "../standard-input.ts";
import { commandNames, type Prompt, perform } from "./commands.ts";
import { complete } from "./completion.ts";
import { CtrlC } from "./ctrl-c.ts";
import { beganAnew, historyNotKept, howToLeave, interruptedNote, lostLocalNote } from "./errors.ts";
import { historyFile, readHistory, writeHistory } from "./history.ts";
import { commandOf, lostLocal } from "./words.ts";

const FIRST = "> ";
const MORE = ".. ";

/** As errors name what was typed. */
const NAME = "prompt";

export async function repl(flags: SessionFlags, version: string): Promise<ExitCode> {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const out = new Output(1, isTerminal);
  checkActor(flags);
  using signals = isTerminal ? undefined : new Signals(PATIENCE);
  await using host = await openHost(flags, out.print, {});
  const { interruptible: _, isolation: __, ...acting } = callOptions(flags, host);
  if (isTerminal) out.line(`moonkeep ${version}, Lua 5.3: ":help" lists what can be typed, Ctrl-D leaves.`);
  const styles = { out: await stylesOf(1), error: await stylesOf(2) };
  const dialogue = new Dialogue(host, acting, out, styles, signals?.signal);
  try {
    await dialogue.ended;
  } finally {
    await dialogue.close();
    out.flush();
  }
  if (signals?.heard !== undefined) return signals.heard.code;
  if (out.isUnread) return exit.unread;
  if (dialogue.exitCode !== undefined) return (dialogue.exitCode & 0xff) as ExitCode;
  return dialogue.failed && !isTerminal ? exit.failed : exit.done;
}

class Dialogue implements Prompt {
  /** Resolves when somebody left; rejects for what ends the command. */
  readonly ended: Promise<void>;
  /** What `os.exit` was given. */
  exitCode: number | undefined;
  /** Whether something that was typed failed. */
  failed = false;
  readonly host: Host;
  readonly styles: Styles;
  acting: CallOptions;
  readonly #out: Output;
  readonly #errorStyles: Styles;
  readonly #isTerminal: boolean;
  readonly #lines: Interface;
  readonly #ctrlC: CtrlC | undefined;
  /** What ends the command where lines do not come from a terminal. */
  readonly #signal: AbortSignal | undefined;
  readonly #history = historyFile(process.env);
  readonly #pending: string[] = [];
  #session: Session;
  #code = "";
  #isBusy = false;
  #isOver = false;
  #end!: () => void;
  #fail!: (e: unknown) => void;

  constructor(
    host: Host,
    acting: CallOptions,
    out: Output,
    styles: { readonly out: Styles; readonly error: Styles },
    signal: AbortSignal | undefined,
  ) {
    const isTerminal = signal === undefined;
    this.host = host;
    this.acting = acting;
    this.styles = styles.out;
    this.#errorStyles = styles.error;
    this.#out = out;
    this.#isTerminal = isTerminal;
    this.#signal = signal;
    this.#session = host.session({ ...acting, root: "." });
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    const input = standardInput();
    if (!isTerminal) input.setEncoding("latin1"); // a character for each byte
    this.#lines = createInterface({
      input,
      ...(isTerminal ? { output: process.stdout, history: readHistory(this.#history) } : {}),
      terminal: isTerminal,
      historySize: 1000,
      removeHistoryDuplicates: true,
      prompt: FIRST,
      completer: (line: string) => this.#complete(line),
    });
    if (isTerminal) this.#ctrlC = new CtrlC((keys) => input.emit("data", keys));
    this.#lines.on("line", (line) => {
      this.#pending.push(line);
      void this.#work();
    });
    this.#lines.on("SIGINT", () => this.#dropLine());
    signal?.addEventListener("abort", () => this.leave());
    this.#lines.on("close", () => {
      this.#isOver = true;
      if (this.#code !== "") this.#pending.push(""); // that is all there is of it
      void this.#work();
    });
    this.#prompt();
  }

  // ---- lines ----

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let line = this.#pending.shift(); line !== undefined; line = this.#pending.shift()) {
        await this.#take(line);
        if (this.#out.isUnread || this.#signal?.aborted === true) this.#pending.length = 0;
      }
      this.#out.flush();
    } catch (e) {
      this.#pending.length = 0;
      return this.#fail(e);
    } finally {
      this.#isBusy = false;
    }
    if (this.#out.isUnread) this.leave();
    if (this.#isOver) this.#end();
    else this.#prompt();
  }

  async #take(line: string): Promise<void> {
    const command = this.#code === "" ? commandOf(this.#isTerminal ? line : text(bytesOf(line))) : undefined;
    try {
      if (command !== undefined) await perform(command, this);
      else await this.#takeCode(line);
    } catch (e) {
      this.failed = true;
      if (e instanceof UsageError || e instanceof RangeError || e instanceof TypeError) this.#complain(e.message);
      else if (e instanceof MoonkeepError && e.name === "RegistryError") errorLine(printable(e.message));
      else if (e instanceof MoonkeepError) this.#complain(e.message);
      else throw e;
    }
  }

  async #takeCode(line: string): Promise<void> {
    const code = this.#code + line;
    this.#code = "";
    if (code.trim() === "") return;
    const source = this.#isTerminal ? (lua: string) => lua : bytesOf;
    const expression = source(`return ${code}`);
    if (this.#session.check(expression, NAME) === undefined) return this.run(expression, NAME);
    if (this.#session.check(source(code), NAME) === true && !this.#isOver) {
      this.#code = `${code}\n`;
      return;
    }
    await this.run(source(code), NAME);
    const local = lostLocal(code);
    if (local !== undefined && this.#isTerminal) this.say(this.styles.dim(lostLocalNote(local)));
  }

  /** Ctrl-C while nothing runs. */
  #dropLine(): void {
    const lines = this.#lines;
    const isEmpty = lines.line === "" && this.#code === "";
    this.#code = "";
    lines.write(null, { ctrl: true, name: "e" });
    lines.write(null, { ctrl: true, name: "u" });
    this.#out.line("");
    if (isEmpty) this.say(this.styles.dim(howToLeave));
    this.#prompt();
  }

  #prompt(): void {
    if (!this.#isTerminal) return;
    this.#lines.setPrompt(this.#code === "" ? FIRST : MORE);
    this.#lines.prompt();
  }

  #complete(line: string): [string[], string] {
    const [found, word] = complete(line, {
      names: (path) => this.#session.names(path),
      modules: () => this.#session.modules,
      ids: () => this.host.registry.find().map(({ id }) => id),
      commands: commandNames,
    });
    return [[...found], word];
  }

  // ---- what commands do ----

  say(text: string): void {
    this.#out.line(text);
  }

  async run(code: string | Uint8Array, name: string, args?: readonly string[]): Promise<void> {
    const session = this.#session;
    const { restarts } = session;
    if (this.#isTerminal) this.#lines.pause();
    try {
      const ends = this.#ctrlC?.begin() ?? { signal: this.#signal, interruptible: true };
      const { values, exit } = await session.run(code, { name, args, results: "inspected", ...ends });
      if (exit !== undefined) return this.#leaveWith(exit);
      if (values.length > 0) this.say(values.map(text).join(values.some((one) => /\n/.test(text(one))) ? "\n" : "\t"));
    } catch (e) {
      if (this.#out.isUnread) return; // it has printed, and that ends the prompt
      if (!(e instanceof MoonkeepError)) throw e;
      this.failed = true;
      this.#out.flush();
      if (e instanceof CanceledError) errorLine(interruptedNote);
      else errorLine(describeError(e, this.#errorStyles, (message) => sourceLine(message, name, text(code))));
      if (session.restarts !== restarts) errorLine(beganAnew);
    } finally {
      this.#ctrlC?.end();
      if (this.#isTerminal && !this.#isOver) this.#lines.resume(); // after the end it would read on, and keep the process
    }
  }

  become(actor: CallOptions["actor"]): void {
    const acting = { ...this.acting, actor };
    const session = this.host.session({ ...acting, root: "." }); // throws for what can't be an actor, and then nothing has changed
    this.#session.close();
    this.#session = session;
    this.acting = acting;
  }

  renew(): void {
    this.#session.renew();
  }

  #leaveWith(code: number): void {
    this.exitCode = code;
    this.leave();
  }

  leave(): void {
    this.#pending.length = 0;
    this.#lines.close();
  }

  #complain(message: string): void {
    this.#out.flush();
    errorLine(errorText(message));
  }

  async close(): Promise<void> {
    const { history } = this.#lines as Interface & { readonly history?: readonly string[] };
    if (this.#isTerminal && history !== undefined) {
      const failure = writeHistory(this.#history, history);
      if (failure !== undefined) this.#complain(historyNotKept(failure.message));
    }
    this.#lines.close();
    this.#session.close();
    await this.#ctrlC?.close();
  }
}

/** Of a line that came through a pipe. */
const bytesOf = (line: string): Uint8Array => Buffer.from(line, "latin1");

const text = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : String(value);
