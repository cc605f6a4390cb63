/** A thread as the host sees it: it runs one script at a time, and can be killed whatever it does. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { CanceledError, LimitError, MoonkeepError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import type { HandleType } from "../lua/boundary/handle-type.ts";
import { Stopped } from "../lua/meter/stopped.ts";
import type { Chunk } from "../lua/run/chunk.ts";
import { andThen, isLater } from "../value/eventually.ts";
import type { Bytes, Milliseconds } from "../value/value.ts";
import type { Code } from "./code.ts";
import type { Desk } from "./desk.ts";
import { callerEnded, internalError, noThreadScript, outOfTurn, threadEnded, threadFailed } from "./errors.ts";
import type { KnownHandles } from "./given-handles.ts";
import { Intake } from "./intake.ts";
import { type Reply, type Setup, type ToFeed, type ToThread, weightOf } from "./messages.ts";
import { readMessage } from "./reader.ts";
import { type ConstantHandles, describeHandle, type HandleShape, type ModuleShape } from "./shapes.ts";
import { BadMessage, type Wire } from "./wire.ts";

/**
 * What a thread runs: what the embedder says, or else this package's own script, bundled (tools/bundle.mjs) next to the
 * command line.
 * @throws MoonkeepError INVALID when it is not there
 */
function entry(given: string | URL | undefined): string {
  const path = given === undefined ? ownScript() : given instanceof URL ? fileURLToPath(given) : resolve(given);
  if (!existsSync(path)) throw noThreadScript(path);
  return path;
}

function ownScript(): string {
  const url = import.meta.url as string | undefined; // a bundle that is CommonJS may have none
  if (url === undefined) return resolve("thread.cjs");
  const here = fileURLToPath(url).replaceAll("\\", "/");
  const inBundle = /\/bin\/[^/]*$/.test(here) ? "./thread.cjs" : "../bin/thread.cjs";
  return fileURLToPath(new URL(here.endsWith(".ts") ? "../../dist/bin/thread.cjs" : inBundle, url));
}

const MiB = 1024 * 1024;
/** What a thread takes of its heap before a script runs, and some room. */
const BASE_HEAP = 64 * MiB;

/**
 * The heap of a thread whose script may use so much memory. A script is measured (lua/measure.ts) before it gets
 * there; this is the wall behind that, with room for garbage.
 */
const heapFor = (memory: Bytes) => Math.ceil((BASE_HEAP + 2 * memory) / MiB);
/**
 * The part of it for what was made just now, which counts beside the script's own memory. V8 takes 48 MiB by itself;
 * half of that is as fast, and a sixth takes up to a half longer where much is made that stays.
 */
const youngFor = (memory: Bytes) => Math.ceil(Math.min(24, Math.max(6, memory / 4 / MiB)));

/** For how long a thread that is to end may go on starting. */
const LONGEST_START: Milliseconds = 2000;

/** A thread that has not confirmed by the second look that it has left its script is ended. */
const SOON: Milliseconds = 125;
/** How often a thread at rest is looked at after that. */
const LOOK: Milliseconds = 1000;
/** For how long it may compute at rest, in all: V8 collects garbage then. */
const MOST_AT_REST: Milliseconds = 3000;

/** What a thread works on, and every question that is open about it: nothing of it outlives the work. */
interface Work {
  readonly desk: Desk;
  resolve(results: readonly Wire[]): void;
  reject(e: unknown): void;
  /** The call that the thread waits for. */
  asked: number | undefined;
  /** Who asked what the script may still use, while the thread waits for that call. */
  readonly remains: Asker[];
}

interface Asker {
  resolve(limits: Limits): void;
  reject(e: unknown): void;
}

export class HostThread implements KnownHandles {
  /** The most memory that a script may use in it; infinite where there is no limit. */
  readonly memory: Bytes;
  /** Resolves when it can run a script; rejects when it can't start. */
  readonly ready: Promise<void>;
  readonly constants: ConstantHandles;
  /** Whose scripts it has run, once it ran one. */
  principal: string | undefined;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #intake: Intake;
  readonly #signals = new Int32Array(new SharedArrayBuffer(8));
  readonly #types = new Map<HandleType, number>();
  readonly #chunks = new Map<Chunk, number>();
  #work: Work | undefined;
  /** Hears that it has left its script, when it has been told to. */
  #left: (() => void) | undefined;
  /** Looks at it while it is at rest. */
  #watch: NodeJS.Timeout | undefined;
  #dead = false;
  #isWanted = false;
  #ended: (e: unknown) => void = () => {};
  #began: () => void = () => {};
  #isStarting = true;
  /** Resolves when it starts no more: it has come up, or has ended. */
  readonly #started: Promise<void>;
  #settle: () => void = () => {};

  /** @param script what it runs; undefined: the script of this package */
  constructor(modules: readonly ModuleShape[], constants: ConstantHandles, memory: Bytes, script?: string | URL) {
    this.memory = memory;
    this.constants = constants;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#intake = new Intake(port1, (message) => this.#receive(message));
    this.#worker = new Worker(entry(script), {
      name: "moonkeep",
      workerData: { signals: this.#signals, port: port2, modules, constants: constants.list } satisfies Setup,
      transferList: [port2],
      env: {},
      argv: [],
      execArgv: [],
      stdin: false,
      stdout: true,
      stderr: true,
      ...(Number.isFinite(memory)
        ? { resourceLimits: { maxOldGenerationSizeMb: heapFor(memory), maxYoungGenerationSizeMb: youngFor(memory) } }
        : {}),
    });
    this.#worker.unref();
    this.ready = new Promise((resolve, reject) => {
      this.#ended = reject;
      this.#began = resolve;
    });
    this.ready.catch(() => {}); // whoever takes the thread hears of it
    this.#started = new Promise((resolve) => {
      this.#settle = resolve;
    });
    quiet(this.#worker.stdout);
    quiet(this.#worker.stderr);
    this.#worker.on("error", (e: unknown) => this.#die(this.#failure(e)));
    port1.on("messageerror", (e) => void this.kill(threadFailed(e)));
    port1.on("close", () => this.#hungUp());
    this.#worker.on("exit", () => {
      this.#isStarting = false;
      this.#settle();
      this.#die(threadEnded());
    });
  }

  /** For how long it has not been idle; while it waits for an answer of the host, it is not. */
  get busy(): Milliseconds {
    return this.#worker.performance.eventLoopUtilization().active;
  }

  /** Whether it can run nothing any more. */
  get isDead(): boolean {
    return this.#dead;
  }

  /** Whether it has not come up yet. */
  get isStarting(): boolean {
    return this.#isStarting;
  }

  /** Keeps the process alive. */
  ref(): void {
    this.#isWanted = true;
    this.#worker.ref();
    this.#intake.ref();
  }

  unref(): void {
    this.#isWanted = false;
    this.#worker.unref();
    this.#intake.unref();
  }

  /** Has something done, and answers the thread's questions meanwhile. One thing at a time. */
  work(message: ToThread, desk: Desk): Promise<readonly Wire[]> {
    return new Promise((resolve, reject) => {
      if (this.#dead) throw threadEnded();
      clearTimeout(this.#watch);
      this.#work = { desk, resolve, reject, asked: undefined, remains: [] };
      this.#send(message);
    });
  }

  /**
   * What the script may still use that waits for a reply.
   * @param desk of the run whose script it is
   * @throws CANCELED when it does not wait for one, or ends meanwhile
   */
  remains(desk: Desk): Promise<Limits> {
    return new Promise((resolve, reject) => {
      const work = this.#work;
      if (work?.desk !== desk || work.asked === undefined) throw new CanceledError(callerEnded);
      work.remains.push({ resolve, reject });
      this.#send(["remains"]);
    });
  }

  /** Code as this thread gets it. */
  code = (chunk: Chunk): Code => {
    const { source, name } = chunk;
    const known = this.#chunks.get(chunk);
    if (known !== undefined) return { number: known, name };
    const number = this.#chunks.size;
    this.#chunks.set(chunk, number);
    return { number, source, name };
  };

  /** Has something put into a channel of the script. */
  tell = (message: ToFeed): void => {
    if (!this.#dead) this.#send(message);
  };

  /**
   * The script that ran is done with.
   * @returns when the thread has left it; when it has ended instead, as it is made to if it does not say so soon
   */
  release(): Promise<void> {
    return new Promise((resolve) => {
      this.#left = resolve;
      this.#rest();
      this.#send(["end"]);
    });
  }

  /**
   * Ends the thread, whatever it does; what it works on rejects with `reason`. One that starts comes up first: Node.js
   * leaves open the files that a thread was reading of its own script when it was terminated.
   */
  async kill(reason?: unknown): Promise<void> {
    this.#die(reason);
    if (this.#isStarting) {
      this.#worker.ref();
      await Promise.race([this.#started, setTimeout(LONGEST_START, undefined, { ref: false })]);
    }
    await this.#worker.terminate();
  }

  introduce(type: HandleType): { readonly number: number; readonly shape?: HandleShape } {
    const known = this.#types.get(type);
    if (known !== undefined) return { number: known };
    const number = this.#types.size;
    this.#types.set(type, number);
    return { number, shape: describeHandle(type) };
  }

  #send(message: ToThread): void {
    this.#port.postMessage(message);
    Atomics.add(this.#signals, 0, 1);
    Atomics.notify(this.#signals, 0);
  }

  #receive(message: unknown): void {
    if (this.#isStarting) {
      this.#start();
      return;
    }
    try {
      this.#handle(message);
    } catch (e) {
      this.#failed(e);
    }
  }

  #failed(e: unknown): void {
    void this.kill(e instanceof MoonkeepError ? e : threadFailed(e));
  }

  /** The first thing that a thread says is that it is there. */
  #start(): void {
    this.#isStarting = false;
    this.#settle();
    if (this.#dead) {
      this.#intake.close();
      return;
    }
    this.#ended = () => {};
    if (!this.#isWanted) this.#worker.unref(); // a worker that comes up refers to itself again
    this.#began();
  }

  /** @throws BadMessage, or what is the host's own failure */
  #handle(received: unknown): void {
    const work = this.#work;
    if (work === undefined) {
      this.#confirmed(received);
      return;
    }
    const { desk } = work;
    const message = readMessage(received, desk.limits.memory);
    const [what] = message;
    if (!isInTurn(what, work)) throw new BadMessage(outOfTurn);
    if (desk.hit !== undefined && !givesUp(what)) throw desk.hit;
    switch (what) {
      case "ask":
        work.asked = message[1];
        this.#answer(work, message[2], message[1]);
        break;
      case "remains":
        work.remains.shift()!.resolve(message[1]);
        break;
      case "print":
        this.#print(message[1], desk);
        break;
      case "took":
        desk.feeds.took(message[1], message[2]);
        break;
      case "done":
        this.#done(work, message[1], message[2]);
        break;
      case "failed":
        this.#fail(work, message[1], message[2], message[3]);
        break;
      case "broke":
        throw new MoonkeepError("INTERNAL", internalError, { cause: new Error(message[1]) });
    }
  }

  /** At rest, it says only that it has left its script, once. */
  #confirmed(received: unknown): void {
    const [what] = readMessage(received, 0);
    if (what !== "ended" || this.#left === undefined) throw new BadMessage(outOfTurn);
    this.#left();
    this.#left = undefined;
  }

  /** It has nothing to do now, and is looked at meanwhile. What it has said is heard at the latest after the first look. */
  #rest(): void {
    const before = this.busy;
    let isOverdue = false;
    const look = () => {
      const isLeaving = this.#left !== undefined;
      if ((isLeaving && isOverdue) || this.busy - before > MOST_AT_REST) void this.kill();
      else this.#watch = globalThis.setTimeout(look, isLeaving ? SOON : LOOK).unref();
      isOverdue = isLeaving;
    };
    clearTimeout(this.#watch);
    this.#watch = globalThis.setTimeout(look, SOON).unref();
  }

  #answer(work: Work, question: unknown, call: number): void {
    const isAwaited = () => this.#work === work;
    const answer = andThen(work.desk.answer(question, isAwaited), (reply) => this.#reply(work, call, reply));
    if (isLater(answer)) answer.catch((e: unknown) => this.#failed(e));
  }

  /** Where output goes is the host's, and so is its failure. */
  #print(line: Uint8Array, desk: Desk): void {
    try {
      desk.print(line);
    } catch (e) {
      void this.kill(e instanceof Stopped ? e.reason : e);
      return;
    }
    Atomics.add(this.#signals, 1, weightOf(line));
    Atomics.notify(this.#signals, 1);
  }

  #done(work: Work, results: readonly Wire[], used: number): void {
    work.desk.took += used;
    this.#end(work);
    work.resolve(results);
  }

  #fail(work: Work, wire: unknown, used: number, isBroken: boolean): void {
    const { desk, asked, remains } = work;
    const error = desk.error(wire);
    const isLimit = error instanceof LimitError;
    if ((asked !== undefined || remains.length > 0) && !isLimit) throw new BadMessage(outOfTurn);
    desk.took += used;
    desk.isBroken ||= isBroken;
    this.#end(work);
    const isHit = isLimit && error.limit === desk.hit?.limit;
    work.reject(desk.hit === undefined || isHit ? error : desk.hit);
  }

  /** It is over, whatever came of it. */
  #end({ remains }: Work): void {
    this.#work = undefined;
    if (!this.#dead) this.#rest();
    for (const { reject } of remains) reject(new CanceledError(callerEnded));
  }

  /** An answer that comes when the call is over goes to nobody, whatever number the thread's next question has. */
  #reply(work: Work, call: number, reply: Reply): void {
    if (this.#work !== work) return;
    work.asked = undefined;
    this.#send(["reply", call, reply]);
  }

  #failure(e: unknown): unknown {
    const code = (e as NodeJS.ErrnoException | null | undefined)?.code; // whatever the thread throws arrives here
    if (code !== "ERR_WORKER_OUT_OF_MEMORY") return threadFailed(e);
    return Number.isFinite(this.memory) ? new LimitError("memory", this.memory) : threadFailed(e);
  }

  /** Its end of the line is closed. If it has ended by itself, it is about to say why. */
  #hungUp(): void {
    this.#dead = true;
    void this.#worker.terminate();
  }

  #die(reason: unknown): void {
    this.#dead = true;
    clearTimeout(this.#watch);
    this.#left?.();
    if (!this.#isStarting) this.#intake.close(); // else what tells that it has come up would not arrive
    this.#ended(reason);
    const work = this.#work;
    if (work === undefined) return;
    this.#end(work);
    work.reject(reason);
  }
}

/** Its time may be up before its question is answered. */
const givesUp = (what: unknown): boolean => what === "failed" || what === "broke";

/** Whether a thread may say that now: while it waits for an answer, it says only what is asked of it. */
function isInTurn(what: unknown, { asked, remains }: Work): boolean {
  if (what === "ended") return false;
  if (what === "remains") return remains.length > 0;
  return givesUp(what) || (asked === undefined && remains.length === 0);
}

/**
 * Nobody reads what a thread writes to its own streams: warnings of Node.js. Node.js would keep it until somebody does,
 * however much it is.
 */
function quiet(stream: Readable): void {
  const push = stream.push.bind(stream);
  stream.push = (chunk: unknown) => chunk !== null || push(null); // null is the end of it
}
