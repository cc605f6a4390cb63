/** Metatables, and the metamethods in them. */
import { ByteString } from "../../value/value.ts";
import { newCell, nothing, type TValue } from "../vm/cell.ts";
import { found, getString, type LuaTable, readString } from "../vm/lua-table.ts";
import { Shape } from "../vm/shape.ts";
import type { LuaState } from "../vm/thread.ts";
import { NIL, TABLE, type Udata, USERDATA } from "../vm/types.ts";

/** The events, in the order that Fengari's files number them in. */
const EVENTS = [
  "INDEX",
  "NEWINDEX",
  "GC",
  "MODE",
  "LEN",
  "EQ",
  "ADD",
  "SUB",
  "MUL",
  "MOD",
  "POW",
  "DIV",
  "IDIV",
  "BAND",
  "BOR",
  "BXOR",
  "SHL",
  "SHR",
  "UNM",
  "BNOT",
  "LT",
  "LE",
  "CONCAT",
  "CALL",
] as const;

type Event = (typeof EVENTS)[number];
export const TM: Readonly<Record<Event, number>> = Object.fromEntries(EVENTS.map((event, i) => [event, i])) as Record<
  Event,
  number
>;

/** The names of the metamethods, by event. */
export const eventNames: readonly ByteString[] = EVENTS.map((event) =>
  ByteString.fromAscii(`__${event.toLowerCase()}`),
);

Shape.share(eventNames);

/** Of the events up to this one it is remembered which a metatable has no metamethod for. */
const LAST_REMEMBERED: number = TM.EQ;

export function metatableOf(L: LuaState, type: number, value: unknown): LuaTable | null {
  if (type === TABLE) return (value as LuaTable).metatable;
  if (type === USERDATA) return (value as Udata).metatable;
  return L.l_G.mt[type & 0x0f] ?? null;
}

/** The metamethod of a value for an event; a nil where there is none. */
export function metamethod(L: LuaState, type: number, value: unknown, event: number): TValue {
  const metatable = metatableOf(L, type, value);
  return metatable === null ? nothing : methodIn(metatable, event);
}

/** The metamethod for an event in a metatable; a nil where there is none. */
export function methodIn(metatable: LuaTable, event: number): TValue {
  const method = readMethod(metatable, event);
  return found.type === NIL ? nothing : newCell(found.type, method);
}

/** The same without a cell: its tag is in `found`. */
export function readMethod(metatable: LuaTable, event: number): unknown {
  if (event === TM.INDEX && metatable.index !== undefined) {
    found.type = metatable.index.type;
    return metatable.index.value;
  }
  if (event > LAST_REMEMBERED) return readString(metatable, eventNames[event]!);
  const { shape, rest } = metatable;
  const bit = 1 << event;
  if (((rest === undefined ? shape.absent : rest.absent) & bit) !== 0) {
    found.type = NIL;
    return null;
  }
  const name = eventNames[event]!;
  const method = readString(metatable, name);
  if (found.type !== NIL) return method;
  if (rest !== undefined) rest.absent |= bit;
  else if (shape.slotOf(name) < 0) shape.absent |= bit;
  return null;
}

/** Whether there is a metamethod for an event in a metatable. */
export function hasMethod(metatable: LuaTable, event: number): boolean {
  readMethod(metatable, event);
  return found.type !== NIL;
}

/** A field of a value's metatable, by its name. */
export function metafield(L: LuaState, type: number, value: unknown, name: ByteString): TValue {
  const metatable = metatableOf(L, type, value);
  return metatable === null ? nothing : getString(metatable, name);
}
