/** `debug`, as far as it only looks: where calls are, as text and numbers. No function, value or variable comes out. */

import { tracebackText } from "../../errors.ts";
import { fromText } from "../../value/bytes.ts";
import { ByteString } from "../../value/value.ts";
import { captureStack, depthOf, type Level, levelOf, levelOfFunction } from "../core/traceback.ts";
import { handle, reserveString, work } from "../meter/meter.ts";
import { argError } from "../vm/direct.ts";
import { toFloat } from "../vm/int64.ts";
import { appendField, newCell, newTable, numberCell, stringCell, tableCell, textCell } from "../vm/table.ts";
import {
  baseType,
  LUA_CLOSURE,
  type LuaCFunction,
  type LuaState,
  NIL,
  STRING,
  THREAD,
  type TValue,
} from "../vm/types.ts";
import { integerArg, stringArg } from "./args.ts";
import type { Functions } from "./define.ts";
import { invalidOption } from "./errors.ts";

const FUNCTION = baseType({ type: LUA_CLOSURE });

/** A thread may come before the other arguments: whose stack is meant. */
function threadAnd(L: LuaState): {
  readonly thread: LuaState;
  readonly args: readonly TValue[];
  readonly first: number;
} {
  const args = L.stack.slice(L.ci.funcOff + 1, L.top);
  if (args[0]?.type !== THREAD) return { thread: L, args, first: 1 };
  return { thread: args[0].value as LuaState, args: args.slice(1), first: 2 };
}

function push(L: LuaState, { type, value }: TValue): 1 {
  L.stack[L.top++] = newCell(type, value);
  return 1;
}

/** Instructions that it costs to tell the levels that are shown, and how many levels are gone past in one. */
const TRACEBACK = 200;
const LEVELS_PER_STEP = 2;

/** `traceback([thread,] [message [, level]])`: a message that is neither text nor nil comes back as it is. */
const traceback: LuaCFunction = (L) => {
  const { thread, args, first } = threadAnd(L);
  const [message, level] = args;
  const isText = message === undefined || message.type === NIL || message.type === STRING || baseType(message) === 3;
  if (!isText) return push(L, message);
  const from = levelArg(L, first + 1, level, thread === L ? 1 : 0);
  work(TRACEBACK + depthOf(thread) / LEVELS_PER_STEP);
  const trace = fromText(tracebackText(captureStack(thread, from)()));
  const head =
    message === undefined || message.type === NIL ? undefined : stringArg(L, first, message.type, message.value);
  const parts = head === undefined ? [trace] : [head.bytes, fromText("\n"), trace];
  const length = parts.reduce((sum, { length }) => sum + length, 0);
  reserveString(length);
  handle(length);
  return push(L, stringCell(new ByteString(Buffer.concat(parts, length))));
};

function levelArg(L: LuaState, arg: number, cell: TValue | undefined, otherwise: number): number {
  return cell === undefined || cell.type === NIL ? otherwise : toFloat(integerArg(L, arg, cell.type, cell.value));
}

/** `getinfo([thread,] function or level [, what])`: `currentline`, `short_src`, `source`, `name`, `namewhat` and `what`. */
const getinfo: LuaCFunction = (L) => {
  const { thread, args, first } = threadAnd(L);
  const [about, what] = args;
  const wanted =
    what === undefined || what.type === NIL ? "nSl" : String(stringArg(L, first + 1, what.type, what.value));
  if (/[^nSltufL]/.test(wanted)) return argError(L, first + 1, invalidOption);
  const level =
    about !== undefined && baseType(about) === FUNCTION ? levelOfFunction(about) : atLevel(L, thread, first, about);
  if (level === undefined) return push(L, newCell(NIL, null));
  const table = newTable(L);
  if (wanted.includes("S")) {
    appendField(table, "what", textCell(level.what));
    appendField(table, "short_src", textCell(level.source));
    appendField(table, "source", textCell(level.what === "C" ? "=[C]" : `@${level.source}`));
  }
  if (wanted.includes("l")) appendField(table, "currentline", numberCell(level.line));
  if (wanted.includes("n")) {
    appendField(table, "namewhat", textCell(level.kind));
    if (level.name !== undefined) appendField(table, "name", textCell(level.name));
  }
  return push(L, tableCell(table));
};

function atLevel(L: LuaState, thread: LuaState, arg: number, cell: TValue | undefined): Level | undefined {
  const level = toFloat(integerArg(L, arg, cell?.type, cell?.value));
  return level < 0 ? undefined : levelOf(thread, level);
}

export const debug: Functions = { getinfo, traceback };
