import type { Frame, LazyStack } from "../../errors.ts";
import { MAX_MESSAGE_BYTES } from "../../limits.ts";
import { type Binary, binaryToText } from "../../value/bytes.ts";
import { ByteString } from "../../value/value.ts";
import { CIST_LUA, CIST_TAIL } from "../vm/thread.ts";
import {
  type CallInfo,
  LUA_CLOSURE,
  type LuaClosure,
  type LuaState,
  type Proto,
  STRING,
  type TValue,
} from "../vm/types.ts";
import { chunkId } from "./chunk-id.ts";
import { makeFramesOf } from "./compiled-frames.ts";
import { calledAt, functionName, type Name } from "./names.ts";

/**
 * The Lua call stack of an error. Taking it must be cheap, since most errors are handled and nobody looks: it copies
 * what the frames point to, and names and lines are worked out when they are asked for.
 */

// As Lua itself shows a deep stack: its first and its last levels.
const FIRST = 10;
const LAST = 11;

/** A frame, detached from the stack: what tells its place and its name, and nothing that a script could reach. */
interface Snapshot {
  /** Absent: it is of a host function. */
  readonly p: Proto | undefined;
  readonly pc: number;
  readonly isTailCall: boolean;
  previous: Snapshot | undefined;
}

/** Stands for the levels of a deep stack that are left out. */
const GAP = undefined;

/**
 * The stack of `L` as it is now, innermost first, host functions left out.
 * @param from the first level that is shown
 */
export function captureStack(L: LuaState, from = 0): LazyStack {
  makeFramesOf(L);
  const first = frameAt(L, from) ?? L.base_ci;
  let depth = 0;
  for (let ci = first; ci !== L.base_ci; ci = ci.previous) depth++;
  const shown: (Snapshot | typeof GAP)[] = [];
  let above: Snapshot | undefined;
  let level = 0;
  for (let ci = first; ci !== L.base_ci; ci = ci.previous, level++) {
    const inGap = level >= FIRST && level < depth - LAST;
    if (inGap && level > FIRST) continue;
    const copy = snapshotOf(ci);
    if (above !== undefined) above.previous = copy; // the caller's code names the function that it called
    shown.push(inGap ? GAP : copy);
    above = inGap ? undefined : copy;
  }
  const frames = () => shown.flatMap((snapshot) => (snapshot === GAP ? { source: "..." } : describe(snapshot)));
  return Object.assign(frames, { depth: shown.length });
}

/** How many frames there are on the stack. */
export function depthOf(L: LuaState): number {
  makeFramesOf(L);
  let depth = 0;
  for (let { ci } = L; ci !== L.base_ci; ci = ci.previous) depth++;
  return depth;
}

const snapshotOf = ({ func, callstatus, l_savedpc }: CallInfo): Snapshot => ({
  p: callstatus & CIST_LUA ? (func.value as LuaClosure).p : undefined,
  pc: l_savedpc,
  isTailCall: (callstatus & CIST_TAIL) !== 0,
  previous: undefined,
});

/** Undefined beyond the outermost level. */
function frameAt(L: LuaState, level: number): CallInfo | undefined {
  let { ci } = L;
  for (let i = 0; i < level && ci !== L.base_ci; i++) ci = ci.previous;
  return ci === L.base_ci ? undefined : ci;
}

/** What can be told of a function that runs, or of one that is asked about. */
export interface Level {
  readonly what: "main" | "Lua" | "C";
  /** As error messages show it; `[C]` for a host function. */
  readonly source: string;
  /** -1 where it is in none. */
  readonly line: number;
  readonly name: string | undefined;
  /** What the name is: `local`, `global`, `method` …; empty where there is none. */
  readonly kind: string;
}

/** The function at a level of a thread, 0 being the innermost. */
export function levelOf(L: LuaState, level: number): Level | undefined {
  makeFramesOf(L);
  const ci = frameAt(L, level);
  if (ci === undefined) return undefined;
  const called = functionName(ci);
  const named = {
    name: called && binaryToText(called.name.slice(0, LONGEST_NAME) as Binary),
    kind: called?.kind ?? "",
  };
  return { ...aboutFunction(ci.func, ci.l_savedpc), ...named };
}

/** A function that does not run. */
export const levelOfFunction = (f: TValue): Level => ({ ...aboutFunction(f), name: undefined, kind: "" });

function aboutFunction({ type, value }: TValue, savedpc?: number): Pick<Level, "what" | "source" | "line"> {
  if (type !== LUA_CLOSURE) return { what: "C", source: "[C]", line: -1 };
  const { p } = value as LuaClosure;
  const line = savedpc === undefined ? -1 : lineAt(p, savedpc);
  return { what: p.linedefined === 0 ? "main" : "Lua", source: sourceOf(p), line };
}

/** Where in Lua the innermost call on the stack was made: `file:line`. */
export function whereIs(L: LuaState): string | undefined {
  makeFramesOf(L);
  for (let ci = L.ci; ci !== L.base_ci; ci = ci.previous) {
    if (!(ci.callstatus & CIST_LUA)) continue;
    const { p } = ci.func.value as LuaClosure;
    return `${sourceOf(p)}:${lineAt(p, ci.l_savedpc)}`;
  }
  return undefined;
}

/** The line of the instruction before this one; a function that has just begun is at its first. */
const lineAt = ({ lineinfo }: LuaClosure["p"], savedpc: number): number => lineinfo[Math.max(0, savedpc - 1)] ?? 0;

const sourceOf = ({ source }: LuaClosure["p"]) => (source === null ? "?" : chunkName(source));

function describe({ p, pc, isTailCall, previous }: Snapshot): Frame[] {
  if (p === undefined) return [];
  const source = sourceOf(p);
  const caller = isTailCall ? undefined : previous;
  const called = caller?.p === undefined ? undefined : calledAt(caller.p, caller.pc);
  return [{ source, line: lineAt(p, pc), name: shownName(p, called, source) }];
}

/** A chunk's name as error messages show it. */
export const chunkName = (source: ByteString): string => binaryToText(chunkId(source) as Binary);

/** A name may be as long as the source. */
const LONGEST_NAME = 59;

function shownName(p: Proto, called: Name | undefined, source: string): string {
  if (p.linedefined === 0) return "main chunk";
  if (called === undefined || called.name === "?") return `function <${source}:${p.linedefined}>`;
  const name = binaryToText(called.name.slice(0, LONGEST_NAME) as Binary);
  return called.kind === "global" ? `function '${name}'` : `${called.kind} '${name}'`;
}

/** A script may raise all the memory that it has. */
const messageText = (s: ByteString) =>
  s.length <= MAX_MESSAGE_BYTES ? s.toString() : `${new ByteString(s.bytes.subarray(0, MAX_MESSAGE_BYTES))}…`;

/** What to say of a raised value. Nothing of the script runs here, so `__tostring` is not asked. */
export function messageOf(cell: TValue): string {
  if (cell.type === STRING) return messageText(cell.value as ByteString);
  if (typeof cell.value === "number" || typeof cell.value === "boolean") return String(cell.value);
  const names = ["nil", "boolean", "userdata", "number", "string", "table", "function", "userdata", "thread"];
  return `(error object is a ${names[cell.type & 0x0f] ?? "value"} value)`;
}
