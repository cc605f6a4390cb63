/**
 * The interpreter: the one loop over all instructions of Lua 5.3. It does what is usual itself, on cells of the stack,
 * and calls the rest by name; instructions that are rare in most functions are in unusual.ts. What is here is one thing,
 * and stays one function: a call for each instruction would cost as much as the instruction.
 *
 * Whatever can be suspended answers false, and so does the loop then, at once; the frames stay as they are, and
 * `finishInstruction` ends the interrupted one when the thread goes on. Instructions are counted where code jumps, calls
 * and returns: from the last such place to this one.
 *
 * The room core/ executes: calls, frames, errors, coroutines, arithmetic, metamethods. It works on the things of vm/, and
 * asks those above for what it needs by the hooks of a state.
 */

import type { ByteString } from "../../value/value.ts";
import type { TValue } from "../vm/cell.ts";
import type { CClosure, LuaClosure } from "../vm/closure.ts";
import { type DirectFunction, FAILED, INSIDE, PENDING, R, takeFailure } from "../vm/direct.ts";
import { addItem, found, LuaTable, length, read, readInteger } from "../vm/lua-table.ts";
import { expectFields, MIXED, readField } from "../vm/table-layout.ts";
import { type CallInfo, CIST_FRESH, CIST_FUEL, CIST_LUA, CIST_TAIL, type LuaState } from "../vm/thread.ts";
import {
  BOOLEAN,
  C_CLOSURE,
  FLOAT,
  INTEGER,
  LIGHT_C_FUNCTION,
  LUA_CLOSURE,
  type LuaCFunction,
  MULTRET,
  NIL,
  STRING,
  TABLE,
} from "../vm/types.ts";
import { fieldAt, index, setAt, setIndex } from "./access.ts";
import { arith, floatMod } from "./arith.ts";
import { call, callHost, insertCallMetamethod } from "./call.ts";
import { equals, lessEqual, lessThan, sameString } from "./compare.ts";
import { concat } from "./concat.ts";
import { CONSTANT, codeOf } from "./decode.ts";
import { callDirect, placeResults, suspendDirect } from "./direct.ts";
import { enterLua, leave } from "./frames.ts";
import { len } from "./length.ts";
import { loopAgain, prepareLoop } from "./loops.ts";
import { TM } from "./metatables.ts";
import { OP } from "./opcodes.ts";
import { pauseWanted } from "./pause.ts";
import { closeRegisters } from "./stack.ts";
import { unusual, WAITS } from "./unusual.ts";

const MAX = Number.MAX_SAFE_INTEGER;
/** Sizes of a constructor up to this are written as they are. */
const EXACT_SIZE = 16;
/** Arguments that a direct form takes. */
const MOST_DIRECT = 4;

/** Runs the innermost frame, and all that it calls, until it returns. @returns false when the thread is suspended */
export function execute(L: LuaState): boolean {
  const g = L.l_G;
  const { stack } = L;
  const { tier } = g;
  const callsForTier = tier === null ? Number.MAX_SAFE_INTEGER : tier.calls;
  const loopsForTier = tier === null ? Number.MAX_SAFE_INTEGER : tier.loops;
  let ci = L.ci;
  ci.callstatus |= CIST_FRESH;

  nextFrame: for (;;) {
    const closure = ci.func.value as LuaClosure;
    const { p, upvals } = closure;
    const { k } = p;
    const code = codeOf(p);
    const { steps: words, sites } = code;
    const base = ci.l_base;
    let pc = ci.l_savedpc;
    /** Where counting began. */
    let from = pc;
    if (g.fuel < 0 && refuel(L, ci, pc, pc)) return false;

    for (;;) {
      const word = words[pc++]!;
      switch (word & 63) {
        case OP.MOVE: {
          const source = stack[base + (word >>> 23)]!;
          const to = stack[base + ((word >> 6) & 255)]!;
          to.type = source.type;
          to.value = source.value;
          continue;
        }
        case OP.LOADK: {
          const source = k[word >>> 14]!;
          const to = stack[base + ((word >> 6) & 255)]!;
          to.type = source.type;
          to.value = source.value;
          continue;
        }
        case OP.LOADBOOL: {
          const to = stack[base + ((word >> 6) & 255)]!;
          to.type = BOOLEAN;
          to.value = word >>> 23 !== 0;
          if (((word >>> 14) & 511) !== 0) pc++;
          continue;
        }
        case OP.LOADNIL: {
          const first = base + ((word >> 6) & 255);
          const last = first + (word >>> 23);
          for (let i = first; i <= last; i++) {
            const to = stack[i]!;
            to.type = NIL;
            to.value = null;
          }
          continue;
        }
        case OP.GETUPVAL: {
          const source = upvals[word >>> 23]!;
          const to = stack[base + ((word >> 6) & 255)]!;
          to.type = source.type;
          to.value = source.value;
          continue;
        }
        case OP.GETTABUP: {
          const t = upvals[word >>> 23]!;
          const c = (word >>> 14) & 511;
          const key = c >= CONSTANT ? k[c - CONSTANT]! : stack[base + c]!;
          const to = stack[base + ((word >> 6) & 255)]!;
          const site = sites[pc - 1]!;
          if (t.type === TABLE && key.type === STRING) {
            const table = t.value as LuaTable;
            const { at } = site;
            if (table.shape === site.shape && key.value === site.key && at >= 0) {
              const value = readField(table, at);
              if (found.type !== NIL) {
                to.type = found.type;
                to.value = value;
                continue;
              }
            }
            const value = fieldAt(site, table, key.value as ByteString);
            if (found.type !== NIL || table.metatable === null) {
              to.type = found.type;
              to.value = value;
              continue;
            }
          }
          ci.l_savedpc = pc;
          if (!index(L, t, key, to, site)) return false;
          continue;
        }
        case OP.GETTABLE: {
          const t = stack[base + (word >>> 23)]!;
          const c = (word >>> 14) & 511;
          const key = c >= CONSTANT ? k[c - CONSTANT]! : stack[base + c]!;
          const to = stack[base + ((word >> 6) & 255)]!;
          if (t.type === TABLE) {
            const table = t.value as LuaTable;
            let value: unknown;
            if (key.type === INTEGER) {
              const n = key.value as number;
              const { items, itemTag } = table;
              if (n > 0 && n <= items.length && itemTag !== MIXED && (value = items[n - 1]) !== null) {
                to.type = itemTag;
                to.value = value;
                continue;
              }
              value = readInteger(table, n);
            } else if (key.type === STRING) value = fieldAt(sites[pc - 1]!, table, key.value as ByteString);
            else value = read(table, key.type, key.value);
            if (found.type !== NIL || table.metatable === null) {
              to.type = found.type;
              to.value = value;
              continue;
            }
          }
          ci.l_savedpc = pc;
          if (!index(L, t, key, to, sites[pc - 1]!)) return false;
          continue;
        }
        case OP.SETTABUP: {
          const t = upvals[(word >> 6) & 255]!;
          const b = word >>> 23;
          const c = (word >>> 14) & 511;
          const key = b >= CONSTANT ? k[b - CONSTANT]! : stack[base + b]!;
          const value = c >= CONSTANT ? k[c - CONSTANT]! : stack[base + c]!;
          if (t.type === TABLE && setAt(sites[pc - 1]!, t.value as LuaTable, key, value, b >= CONSTANT)) continue;
          ci.l_savedpc = pc;
          if (!setIndex(L, t, key, value)) return false;
          continue;
        }
        case OP.SETUPVAL: {
          const source = stack[base + ((word >> 6) & 255)]!;
          const to = upvals[word >>> 23]!;
          to.type = source.type;
          to.value = source.value;
          continue;
        }
        case OP.SETTABLE: {
          const t = stack[base + ((word >> 6) & 255)]!;
          const b = word >>> 23;
          const c = (word >>> 14) & 511;
          const key = b >= CONSTANT ? k[b - CONSTANT]! : stack[base + b]!;
          const value = c >= CONSTANT ? k[c - CONSTANT]! : stack[base + c]!;
          if (t.type === TABLE) {
            const table = t.value as LuaTable;
            if (key.type === INTEGER && value.type !== NIL && !table.readonly) {
              const n = key.value as number;
              const { items } = table;
              if (n > 0 && n <= items.length) {
                if (table.itemTag === value.type && items[n - 1] !== null) {
                  items[n - 1] = value.value;
                  continue;
                }
              } else if (n === items.length + 1 && table.metatable === null && table.rest === undefined) {
                addItem(table, value.type, value.value);
                continue;
              }
            }
            if (setAt(sites[pc - 1]!, table, key, value, b >= CONSTANT)) continue;
          }
          ci.l_savedpc = pc;
          if (!setIndex(L, t, key, value)) return false;
          continue;
        }
        case OP.NEWTABLE: {
          const to = stack[base + ((word >> 6) & 255)]!;
          const table = new LuaTable(L);
          const fields = (word >>> 14) & 511;
          if (fields < EXACT_SIZE) expectFields(table, fields);
          to.type = TABLE;
          to.value = table;
          continue;
        }
        case OP.SELF: {
          const t = stack[base + (word >>> 23)]!;
          const c = (word >>> 14) & 511;
          const key = c >= CONSTANT ? k[c - CONSTANT]! : stack[base + c]!;
          const a = base + ((word >> 6) & 255);
          const self = stack[a + 1]!;
          const to = stack[a]!;
          const { type, value } = t;
          self.type = type;
          self.value = value;
          const site = sites[pc - 1]!;
          if (type === TABLE) {
            const table = value as LuaTable;
            const { at } = site;
            if (table.shape === site.shape && key.value === site.key && at >= 0) {
              const value = readField(table, at);
              if (found.type !== NIL) {
                to.type = found.type;
                to.value = value;
                continue;
              }
            }
            const method = fieldAt(site, table, key.value as ByteString);
            if (found.type !== NIL || table.metatable === null) {
              to.type = found.type;
              to.value = method;
              continue;
            }
          }
          ci.l_savedpc = pc;
          if (!index(L, t, key, to, site)) return false;
          continue;
        }
        case OP.ADD: {
          const b = word >>> 23;
          const c = (word >>> 14) & 511;
          const x = b >= CONSTANT ? k[b - CONSTANT]! : stack[base + b]!;
          const y = c >= CONSTANT ? k[c - CONSTANT]! : stack[base + c]!;
          const to = stack[base + ((word >> 6) & 255)]!;
          if (x.type === INTEGER && y.type === INTEGER) {
            const n = (x.value as number) + (y.value as number);
            if ((n | 0) === n || (n <= MAX && n >= -MAX)) {
              to.type = INTEGER;
              to.value = n;
              continue;
            }
          } else if ((x.type & ~16) === FLOAT && (y.type & ~16) === FLOAT) {
            const n = (x.value as number) + (y.value as number);
            to.type = FLOAT;
            to.value = n;
            continue;
          }
          ci.l_savedpc = pc;
          if (!arith(L, TM.ADD, x, y, to)) return false;
          continue;
        }
        case OP.SUB: {
          const b = word >>> 23;
          const c = (word >>> 14) & 511;
          const x = b >= CONSTANT ? k[b - CONSTANT]! : stack[base + b]!;
          const y = c >= CONSTANT ? k[c - CONSTANT]! : stack[base + c]!;
          const to = stack[base + ((word >> 6) & 255)]!;
          if (x.type === INTEGER && y.type === INTEGER) {
            const n = (x.value as number) - (y.value as number);
            if ((n | 0) === n || (n <= MAX && n >= -MAX)) {
              to.type = INTEGER;
              to.value = n;
              continue;
            }
          } else if ((x.type & ~16) === FLOAT && (y.type & ~16) === FLOAT) {
            const n = (x.value as number) - (y.value as number);
            to.type = FLOAT;
            to.value = n;
            continue;
          }
          ci.l_savedpc = pc;
          if (!arith(L, TM.SUB, x, y, to)) return false;
          continue;
        }
        case OP.MUL: {
          const b = word >>> 23;
          const c = (word >>> 14) & 511;
          const x = b >= CONSTANT ? k[b - CONSTANT]! : stack[base + b]!;
          const y = c >= CONSTANT ? k[c - CONSTANT]! : stack[base + c]!;
          const to = stack[base + ((word >> 6) & 255)]!;
          if (x.type === INTEGER && y.type === INTEGER) {
            const n = (x.value as number) * (y.value as number) + 0; // no integer is minus zero
            if ((n | 0) === n || (n <= MAX && n >= -MAX)) {
              to.type = INTEGER;
              to.value = n;
              continue;
            }
          } else if ((x.type & ~16) === FLOAT && (y.type & ~16) === FLOAT) {
            const n = (x.value as number) * (y.value as number);
            to.type = FLOAT;
            to.value = n;
            continue;
          }
          ci.l_savedpc = pc;
          if (!arith(L, TM.MUL, x, y, to)) return false;
          continue;
        }
        case OP.MOD: {
          const b = word >>> 23;
          const c = (word >>> 14) & 511;
          const x = b >= CONSTANT ? k[b - CONSTANT]! : stack[base + b]!;
          const y = c >= CONSTANT ? k[c - CONSTANT]! : stack[base + c]!;
          const to = stack[base + ((word >> 6) & 255)]!;
          if (x.type === INTEGER && y.type === INTEGER && y.value !== 0) {
            const m = y.value as number;
            const n = (x.value as number) % m;
            to.type = INTEGER;
            to.value = (n !== 0 && n < 0 !== m < 0 ? n + m : n) + 0;
            continue;
          }
          if (x.type === FLOAT && (y.type & ~16) === FLOAT) {
            to.value = floatMod(x.value as number, y.value as number);
            to.type = FLOAT;
            continue;
          }
          ci.l_savedpc = pc;
          if (!arith(L, TM.MOD, x, y, to)) return false;
          continue;
        }
        case OP.DIV: {
          const b = word >>> 23;
          const c = (word >>> 14) & 511;
          const x = b >= CONSTANT ? k[b - CONSTANT]! : stack[base + b]!;
          const y = c >= CONSTANT ? k[c - CONSTANT]! : stack[base + c]!;
          const to = stack[base + ((word >> 6) & 255)]!;
          if ((x.type & ~16) === FLOAT && (y.type & ~16) === FLOAT) {
            const n = (x.value as number) / (y.value as number);
            to.type = FLOAT;
            to.value = n;
            continue;
          }
          ci.l_savedpc = pc;
          if (!arith(L, TM.DIV, x, y, to)) return false;
          continue;
        }
        case OP.NOT: {
          const x = stack[base + (word >>> 23)]!;
          const to = stack[base + ((word >> 6) & 255)]!;
          to.value = x.type === NIL || x.value === false;
          to.type = BOOLEAN;
          continue;
        }
        case OP.LEN: {
          const x = stack[base + (word >>> 23)]!;
          const to = stack[base + ((word >> 6) & 255)]!;
          if (x.type === TABLE && (x.value as LuaTable).metatable === null) {
            to.value = length(x.value as LuaTable);
            to.type = INTEGER;
            continue;
          }
          ci.l_savedpc = pc;
          if (!len(L, x, to)) return false;
          continue;
        }
        case OP.CONCAT: {
          const b = word >>> 23;
          const c = (word >>> 14) & 511;
          L.top = base + c + 1;
          ci.l_savedpc = pc;
          if (!concat(L, c - b + 1)) return false;
          const source = stack[base + b]!;
          const to = stack[base + ((word >> 6) & 255)]!;
          to.type = source.type;
          to.value = source.value;
          L.top = ci.top;
          continue;
        }
        case OP.JMP: {
          const a = (word >> 6) & 255;
          if (a !== 0) closeRegisters(L, code, base, base + a - 1);
          const target = pc + (word >>> 14) - 131071;
          g.fuel -= pc - from;
          if (target < pc) {
            if (g.fuel < 0 && refuel(L, ci, pc, target)) return false;
            if (++code.loops > loopsForTier) {
              ci.l_savedpc = target;
              const done = tier!.loop(L, ci);
              if (done === 2) return false;
              if (done === 1) {
                ci = L.ci;
                continue nextFrame;
              }
            }
          }
          pc = from = target;
          continue;
        }
        case OP.EQ: {
          const b = word >>> 23;
          const c = (word >>> 14) & 511;
          const x = b >= CONSTANT ? k[b - CONSTANT]! : stack[base + b]!;
          const y = c >= CONSTANT ? k[c - CONSTANT]! : stack[base + c]!;
          let answer: boolean;
          if (x.type === y.type && x.type === STRING) {
            answer = x.value === y.value || sameString(x.value as ByteString, y.value as ByteString);
          } else if ((x.type & ~16) === FLOAT && (y.type & ~16) === FLOAT) answer = x.value === y.value;
          else {
            ci.l_savedpc = pc;
            const found = equals(L, x, y);
            if (found < 0) return false;
            answer = found > 0;
          }
          if (answer !== (((word >> 6) & 255) !== 0)) {
            pc++;
            continue;
          }
          break;
        }
        case OP.LT: {
          const b = word >>> 23;
          const c = (word >>> 14) & 511;
          const x = b >= CONSTANT ? k[b - CONSTANT]! : stack[base + b]!;
          const y = c >= CONSTANT ? k[c - CONSTANT]! : stack[base + c]!;
          let answer: boolean;
          if ((x.type & ~16) === FLOAT && (y.type & ~16) === FLOAT) answer = (x.value as number) < (y.value as number);
          else {
            ci.l_savedpc = pc;
            const found = lessThan(L, x, y);
            if (found < 0) return false;
            answer = found > 0;
          }
          if (answer !== (((word >> 6) & 255) !== 0)) {
            pc++;
            continue;
          }
          break;
        }
        case OP.LE: {
          const b = word >>> 23;
          const c = (word >>> 14) & 511;
          const x = b >= CONSTANT ? k[b - CONSTANT]! : stack[base + b]!;
          const y = c >= CONSTANT ? k[c - CONSTANT]! : stack[base + c]!;
          let answer: boolean;
          if ((x.type & ~16) === FLOAT && (y.type & ~16) === FLOAT) answer = (x.value as number) <= (y.value as number);
          else {
            ci.l_savedpc = pc;
            const found = lessEqual(L, x, y);
            if (found < 0) return false;
            answer = found > 0;
          }
          if (answer !== (((word >> 6) & 255) !== 0)) {
            pc++;
            continue;
          }
          break;
        }
        case OP.TEST: {
          const x = stack[base + ((word >> 6) & 255)]!;
          const isFalse = x.type === NIL || x.value === false;
          if (isFalse === (((word >>> 14) & 511) !== 0)) {
            pc++;
            continue;
          }
          break;
        }
        case OP.TESTSET: {
          const x = stack[base + (word >>> 23)]!;
          const isFalse = x.type === NIL || x.value === false;
          if (isFalse === (((word >>> 14) & 511) !== 0)) {
            pc++;
            continue;
          }
          const to = stack[base + ((word >> 6) & 255)]!;
          to.type = x.type;
          to.value = x.value;
          break;
        }
        case OP.CALL: {
          const at = base + ((word >> 6) & 255);
          const b = word >>> 23;
          const wanted = ((word >>> 14) & 511) - 1;
          if (b !== 0) L.top = at + b;
          ci.l_savedpc = pc;
          g.fuel -= pc - from;
          from = pc;
          let f = stack[at]!;
          while ((f.type & 0x0f) !== LUA_CLOSURE) insertCallMetamethod(L, at, (f = stack[at]!));
          if (f.type === LUA_CLOSURE) {
            if (callsForTier !== Number.MAX_SAFE_INTEGER && ++codeOf((f.value as LuaClosure).p).calls > callsForTier) {
              const done = tier!.enter(L, at, wanted, f.value as LuaClosure);
              if (done === 2) return false;
              if (done === 1) {
                if (wanted >= 0) L.top = ci.top;
                continue;
              }
            }
            ci = enterLua(L, at, wanted, f);
            continue nextFrame;
          }
          if (f.type === LIGHT_C_FUNCTION) {
            const { direct } = f.value as DirectFunction;
            const n = L.top - at - 1;
            if (direct !== undefined && n <= MOST_DIRECT) {
              if (L.top < ci.top) L.top = ci.top;
              const value = callDirect(L, direct, at, n);
              const { type } = R;
              if (type >= 0) {
                if (wanted === 1) {
                  f.type = type;
                  f.value = value;
                } else placeResults(L, at, wanted, value);
                if (wanted >= 0) L.top = ci.top;
                continue;
              }
              if (type === INSIDE) return false;
              L.top = at + 1 + n;
              if (type === PENDING) {
                if (!suspendDirect(L, at, wanted)) return false;
                if (wanted >= 0) L.top = ci.top;
                continue;
              }
              if (type === FAILED) throw takeFailure();
            }
            if (!callHost(L, at, wanted, f.value as LuaCFunction)) return false;
          } else if (!callHost(L, at, wanted, (f.value as CClosure).f as LuaCFunction)) return false;
          if (wanted >= 0) L.top = ci.top;
          continue;
        }
        case OP.TAILCALL: {
          const at = base + ((word >> 6) & 255);
          const b = word >>> 23;
          if (b !== 0) L.top = at + b;
          ci.l_savedpc = pc;
          g.fuel -= pc - from;
          from = pc;
          let f = stack[at]!;
          while ((f.type & 0x0f) !== LUA_CLOSURE) insertCallMetamethod(L, at, (f = stack[at]!));
          if (f.type !== LUA_CLOSURE) {
            const host = f.type === C_CLOSURE ? ((f.value as CClosure).f as LuaCFunction) : (f.value as LuaCFunction);
            if (!callHost(L, at, MULTRET, host)) return false;
            continue; // the next instruction returns what it gave
          }
          if (code.captured.length > 0) closeRegisters(L, code, base, base);
          ci = replaceFrame(L, ci, at);
          continue nextFrame;
        }
        case OP.RETURN: {
          const at = base + ((word >> 6) & 255);
          const b = word >>> 23;
          if (code.captured.length > 0) closeRegisters(L, code, base, base);
          g.fuel -= pc - from;
          const n = b !== 0 ? b - 1 : L.top - at;
          const wanted = ci.nresults;
          const isFresh = (ci.callstatus & CIST_FRESH) !== 0;
          if (wanted === 1) {
            const to = stack[ci.funcOff]!;
            if (n > 0) {
              const source = stack[at]!;
              to.type = source.type;
              to.value = source.value;
            } else {
              to.type = NIL;
              to.value = null;
            }
            L.top = ci.funcOff + 1;
            ci = L.ci = ci.previous;
          } else {
            leave(L, ci, at, n);
            ci = L.ci;
          }
          if (isFresh) return true;
          if (wanted >= 0) L.top = ci.top;
          continue nextFrame;
        }
        case OP.FORLOOP: {
          const a = base + ((word >> 6) & 255);
          const i = stack[a]!;
          const limit = stack[a + 1]!;
          const step = stack[a + 2]!;
          let again: boolean;
          if (limit.type === INTEGER || i.type === FLOAT) {
            // Both are within 53 bits, and so is what is not past the limit.
            const by = step.value as number;
            const n = (i.value as number) + by;
            again = by > 0 ? n <= (limit.value as number) : (limit.value as number) <= n;
            if (again) {
              const variable = stack[a + 3]!;
              i.value = n;
              variable.type = i.type;
              variable.value = n;
            }
          } else again = loopAgain(i, limit, step, stack[a + 3]!);
          if (again) {
            const target = pc + (word >>> 14) - 131071;
            g.fuel -= pc - from;
            if (g.fuel < 0 && refuel(L, ci, pc, target)) return false;
            if (++code.loops > loopsForTier) {
              ci.l_savedpc = target;
              const done = tier!.loop(L, ci);
              if (done === 2) return false;
              if (done === 1) {
                ci = L.ci;
                continue nextFrame;
              }
            }
            pc = from = target;
          }
          continue;
        }
        case OP.FORPREP: {
          const a = base + ((word >> 6) & 255);
          ci.l_savedpc = pc;
          prepareLoop(L, stack[a]!, stack[a + 1]!, stack[a + 2]!);
          g.fuel -= pc - from;
          pc = from = pc + (word >>> 14) - 131071;
          continue;
        }
        case OP.TFORCALL: {
          const a = base + ((word >> 6) & 255);
          const wanted = (word >>> 14) & 511;
          const f = stack[a]!;
          const state = stack[a + 1]!;
          const control = stack[a + 2]!;
          const at = a + 3;
          ci.l_savedpc = pc;
          if (f.type === LIGHT_C_FUNCTION) {
            const { direct } = f.value as DirectFunction;
            if (direct !== undefined) {
              const value = direct(L, 2, state.type, state.value, control.type, control.value);
              const { type } = R;
              if (type >= 0) {
                placeResults(L, at, wanted, value);
                L.top = ci.top;
                continue;
              }
              if (type === INSIDE) return false;
              if (type === PENDING) {
                copyForCall(stack, a);
                L.top = at + 3;
                if (!suspendDirect(L, at, wanted)) return false;
                L.top = ci.top;
                continue;
              }
            }
          }
          copyForCall(stack, a);
          L.top = at + 3;
          if (f.type === LUA_CLOSURE) {
            g.fuel -= pc - from;
            ci = enterLua(L, at, wanted, stack[at]!);
            continue nextFrame;
          }
          if (!call(L, at, wanted)) return false;
          L.top = ci.top;
          continue;
        }
        case OP.TFORLOOP: {
          const a = base + ((word >> 6) & 255);
          const control = stack[a + 1]!;
          if (control.type === NIL) continue;
          const to = stack[a]!;
          to.type = control.type;
          to.value = control.value;
          const target = pc + (word >>> 14) - 131071;
          g.fuel -= pc - from;
          if (g.fuel < 0 && refuel(L, ci, pc, target)) return false;
          if (++code.loops > loopsForTier) {
            ci.l_savedpc = target;
            const done = tier!.loop(L, ci);
            if (done === 2) return false;
            if (done === 1) {
              ci = L.ci;
              continue nextFrame;
            }
          }
          pc = from = target;
          continue;
        }
        default:
          pc = unusual(L, ci, closure, word, pc);
          if (pc === WAITS) return false;
          continue;
      }
      // A condition that holds: the jump behind it is taken.
      const jump = words[pc]!;
      const a = (jump >> 6) & 255;
      if (a !== 0) closeRegisters(L, code, base, base + a - 1);
      const target = pc + 1 + (jump >>> 14) - 131071;
      g.fuel -= pc - from;
      if (target <= pc) {
        if (g.fuel < 0 && refuel(L, ci, pc, target)) return false;
        if (++code.loops > loopsForTier) {
          ci.l_savedpc = target;
          const done = tier!.loop(L, ci);
          if (done === 2) return false;
          if (done === 1) {
            ci = L.ci;
            continue nextFrame;
          }
        }
      }
      pc = from = target;
    }
  }
}

/**
 * The account is used up.
 * @param pc after the instruction that errors are at
 * @param target the one that comes next
 * @returns whether the thread is suspended before that
 */
function refuel(L: LuaState, ci: CallInfo, pc: number, target: number): boolean {
  ci.l_savedpc = pc;
  if (!pauseWanted(L)) return false;
  ci.l_savedpc = target;
  ci.callstatus |= CIST_FUEL;
  return true;
}

function copyForCall(stack: readonly TValue[], a: number): void {
  for (let i = 0; i < 3; i++) {
    const from = stack[a + i]!;
    const to = stack[a + 3 + i]!;
    to.type = from.type;
    to.value = from.value;
  }
}

/** A tail call: the function at `at` and its arguments take the place of the one that calls. */
function replaceFrame(L: LuaState, ci: CallInfo, at: number): CallInfo {
  const { stack } = L;
  const { funcOff, nresults, callstatus } = ci;
  const n = L.top - at;
  for (let i = 0; i < n; i++) {
    const from = stack[at + i]!;
    const to = stack[funcOff + i]!;
    to.type = from.type;
    to.value = from.value;
  }
  L.top = funcOff + n;
  L.ci = ci.previous;
  const next = enterLua(L, funcOff, nresults, stack[funcOff]!);
  next.callstatus = CIST_LUA | CIST_TAIL | (callstatus & CIST_FRESH);
  return next;
}
