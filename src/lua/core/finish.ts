/** How an instruction of a Lua function ends that was suspended in a call. */
import type { LuaClosure } from "../vm/closure.ts";
import { CIST_LEQ, type LuaState } from "../vm/thread.ts";
import { finishConcat } from "./concat.ts";
import { aOf, bOf, cOf, codeOf, opOf } from "./decode.ts";
import { OP } from "./opcodes.ts";

/**
 * Ends the interrupted instruction of the innermost frame; what it called has returned.
 * @returns false when it is suspended once more
 */
export function finishInstruction(L: LuaState): boolean {
  const { ci, stack } = L;
  const { words } = codeOf((ci.func.value as LuaClosure).p);
  const word = words[ci.l_savedpc - 1]!;
  const op = opOf(word);
  switch (op) {
    case OP.LT:
    case OP.LE:
    case OP.EQ: {
      const answer = !stack[L.top - 1]!.l_isfalse();
      const isTrue = ci.callstatus & CIST_LEQ ? !answer : answer;
      ci.callstatus &= ~CIST_LEQ;
      if (isTrue !== (aOf(word) !== 0)) ci.l_savedpc++; // the jump behind it is not taken
      L.top = ci.top;
      return true;
    }
    case OP.CONCAT: {
      const first = ci.l_base + bOf(word);
      if (!finishConcat(L, L.top - 2 - first)) return false;
      stack[ci.l_base + aOf(word)]!.setfrom(stack[first]!);
      L.top = ci.top;
      return true;
    }
    case OP.CALL:
      if (cOf(word) !== 0) L.top = ci.top;
      return true;
    case OP.TAILCALL:
      return true;
    case OP.TFORCALL:
    case OP.SETTABUP:
    case OP.SETTABLE:
      L.top = ci.top;
      return true;
    default:
      // The result of a metamethod goes to the register that the instruction is for.
      stack[ci.l_base + aOf(word)]!.setfrom(stack[L.top - 1]!);
      L.top = ci.top;
      return true;
  }
}
