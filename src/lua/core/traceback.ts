import type { Frame, LazyStack } from "../../errors.ts";
import { MAX_MESSAGE_BYTES } from "../../limits.ts";
import { ByteString } from "../../value/value.ts";
import { fengari } from "../fengari/fengari.ts";
import { type CallInfo, type LuaClosure, type LuaState, STRING, type TValue } from "../vm/types.ts";

/**
 * The Lua call stack of an error. Taking it must be cheap, since most errors are handled and nobody looks: it copies
 * what the frames point to, and names and lines are worked out when they are asked for.
 */

// As Lua itself shows a deep stack: its first and its last levels.
const FIRST = 10;
const LAST = 11;
const { CIST_LUA } = fengari.lstate;
const utf8 = (text: string) => Buffer.from(text);
const whatWeAsk = utf8("Sn");
const CHUNK_NAME = 59;

/** A frame of Lua code, detached from the stack: enough of a CallInfo for `lua_getinfo`. */
interface Snapshot extends Pick<CallInfo, "func" | "callstatus" | "l_savedpc" | "l_code"> {
  previous: Snapshot | undefined;
}

/** Stands for the levels of a deep stack that are left out. */
const GAP = undefined;

/** The stack of `L` as it is now, innermost first, host functions left out. */
export function captureStack(L: LuaState): LazyStack {
  let depth = 0;
  for (let ci = L.ci; ci !== L.base_ci; ci = ci.previous) depth++;
  const shown: (Snapshot | typeof GAP)[] = [];
  let above: Snapshot | undefined;
  let level = 0;
  for (let ci = L.ci; ci !== L.base_ci; ci = ci.previous, level++) {
    const inGap = level >= FIRST && level < depth - LAST;
    if (inGap && level > FIRST) continue;
    const { func, callstatus, l_savedpc, l_code } = ci;
    const cell = Object.assign(Object.create(Object.getPrototypeOf(func)), func);
    if (callstatus & CIST_LUA) cell.value = withoutUpvalues(func.value as LuaClosure);
    const copy: Snapshot = { func: cell, callstatus, l_savedpc, l_code, previous: undefined };
    if (above !== undefined) above.previous = copy; // the caller's code names the function that it called
    shown.push(inGap ? GAP : copy);
    above = inGap ? undefined : copy;
  }
  const frames = () => shown.flatMap((snapshot) => (snapshot === GAP ? { source: "..." } : describe(L, snapshot)));
  return Object.assign(frames, { depth: shown.length });
}

/** Where in Lua the innermost call on the stack was made: `file:line`. */
export function whereIs(L: LuaState): string | undefined {
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

/** An error that is kept must not keep what the functions on its stack could reach. */
const withoutUpvalues = (closure: LuaClosure): LuaClosure =>
  Object.assign(Object.create(Object.getPrototypeOf(closure)), { ...closure, upvals: [] });

function describe(L: LuaState, snapshot: Snapshot): Frame[] {
  if (!(snapshot.callstatus & CIST_LUA)) return [];
  const { p } = snapshot.func.value as LuaClosure;
  const source = sourceOf(p);
  return [{ source, line: lineAt(p, snapshot.l_savedpc), name: functionName(L, snapshot, source) }];
}

/** A chunk's name as error messages show it. */
export function chunkName(source: ByteString): string {
  const shown = fengari.lobject.luaO_chunkid(source.bytes, CHUNK_NAME);
  const end = shown.indexOf(0); // a name that just fits is followed by a zero, where C's strings end
  return new ByteString(end === -1 ? shown : shown.subarray(0, end)).toString();
}

function functionName(L: LuaState, snapshot: Snapshot, source: string): string {
  const { p } = snapshot.func.value as LuaClosure;
  if (p.linedefined === 0) return "main chunk";
  const ar = new fengari.lua.lua_Debug();
  // The bottom frame was called by the host: nothing in code names it.
  ar.i_ci = { ...snapshot, previous: snapshot.previous ?? { callstatus: 0 } } as unknown as CallInfo;
  const status = L.status;
  L.status = 0; // lua_getinfo would look for the function that yielded
  fengari.ldebug.lua_getinfo(L, whatWeAsk, ar);
  L.status = status;
  // A name may be as long as the source.
  const name = ar.name === null ? "" : new ByteString(ar.name.subarray(0, CHUNK_NAME)).toString();
  const kind = ar.namewhat === null ? "" : new ByteString(ar.namewhat).toString();
  if (name === "" || name === "?") return `function <${source}:${p.linedefined}>`;
  return kind === "global" ? `function '${name}'` : `${kind} '${name}'`;
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
