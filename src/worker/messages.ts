/** What the host and a thread say to each other. */
import type { MessagePort } from "node:worker_threads";
import type { Limit, Limits } from "../limits.ts";
import type { Results } from "../lua/run/results.ts";
import type { Bytes, Milliseconds } from "../value/value.ts";
import type { Code, LibraryWire, LoadsWire } from "./code.ts";
import type { ErrorWire } from "./error-wire.ts";
import type { ConstantHandle, HandleShape, ModuleShape } from "./shapes.ts";
import type { Wire } from "./wire.ts";

/** What a thread is started with. */
export interface Setup {
  /** All that it says goes this way. */
  readonly port: MessagePort;
  /** [0] counts what the host has sent, and wakes the thread; [1] how many bytes of output the host has taken, as `weightOf` counts them. */
  readonly signals: Int32Array;
  /** The modules that the host serves. */
  readonly modules: readonly ModuleShape[];
  readonly constants: readonly ConstantHandle[];
}

/** What a line of output weighs while it is on its way: most of a short one is the message around it. */
export const weightOf = (line: Uint8Array): Bytes => line.length + MESSAGE;
const MESSAGE: Bytes = 1000;

/** So many of the results of a function of the registry are read: its first, or nil and an error. */
export const ANSWER = 2;

/** One run of one script, or of one function. */
export interface Job {
  readonly code: Code;
  readonly loads: LoadsWire;
  readonly libraries: readonly LibraryWire[];
  /** Of a function: what its file stands for. */
  readonly entry?: Entry | undefined;
  readonly args: readonly Wire[];
  /** The global `arg`, of a script. */
  readonly arg?: Wire;
  /** Whether a script has the global `io`. */
  readonly io?: boolean;
  /** What becomes of the results, of a script. */
  readonly results?: Results;
  /** Of each call, of functions that come out as well. */
  readonly limits: Limits;
  /** What is left of the time of this one, which may have waited for its thread. */
  readonly left: Milliseconds | undefined;
  /** Whether each call says where in Lua it was made. */
  readonly traced: boolean;
  /** Whether what it does often is compiled. */
  readonly compile: boolean;
}

export interface Entry {
  /** As errors name the function. */
  readonly id: string;
  /** Of the table that the file returns. */
  readonly method: string | undefined;
}

export type ToThread =
  | readonly ["run", Job]
  /** Calls a function that came out of the run. */
  | readonly ["call", id: number, args: readonly Wire[]]
  | readonly ["reply", call: number, Reply]
  /** Asks what the run may still use, while it waits for a reply. */
  | readonly ["remains"]
  | ToFeed
  /** The script is done with, which the thread confirms. */
  | readonly ["end"];

/** Of a channel that the host puts values into. */
export type ToFeed =
  | readonly ["feed", channel: number, capacity: number]
  | readonly ["give", channel: number, Wire]
  /** Nothing more comes. */
  | readonly ["unfeed", channel: number, isClosed: boolean];

export type FromThread =
  | readonly ["ready"]
  /** A call of a module's function, or of a handle's method; without a member, what `tostring` shows of a handle. */
  | readonly ["ask", call: number, Question]
  | readonly ["remains", Limits]
  | readonly ["print", Uint8Array]
  /** So many of the values were taken that the host has put into a channel. */
  | readonly ["took", channel: number, count: number]
  /** What came of it, and how many instructions it took. */
  | readonly ["done", results: readonly Wire[], used: number]
  /** The same for a failure, and whether nothing can be called in the script's state any more. */
  | readonly ["failed", ErrorWire, used: number, isBroken: boolean]
  /** Something went wrong in the thread that is not an error of the script's. */
  | readonly ["broke", string]
  /** The script is left, and nothing of it goes on. */
  | readonly ["ended"];

/** What a question names for a file beside the code, in the place of a module: no module has this name. */
export const FILES = "";

/** The longest place in a script that goes with a question. */
export const LONGEST_PLACE = 200;

export interface Question {
  /** A module by its name, a handle by its number, or `FILES`. */
  readonly target: string | number;
  readonly member?: string;
  readonly args: readonly Wire[];
  readonly where?: string | undefined;
}

/** What came of a call. */
export interface Reply {
  /** What it returned; several values where it is a function of several answers. */
  readonly values?: readonly Wire[];
  /** The types of handles in it that the thread does not know yet, by their numbers. */
  readonly types?: readonly (readonly [number, HandleShape])[];
  readonly error?: ErrorWire;
  /** Something failed that is no business of the script's; the number by which the host remembers it. */
  readonly fault?: number;
  /** The call was one too many. */
  readonly stop?: readonly [Limit, number];
  /** Instructions that runs took which the call led to. */
  readonly used?: number;
}

export const isToFeed = (message: ToThread): message is ToFeed =>
  message[0] === "feed" || message[0] === "give" || message[0] === "unfeed";
