import type { Binary } from "../../value/bytes.ts";
import { ByteString } from "../../value/value.ts";
import { STRING } from "./tags.ts";

/** Why a host function failed: thrown by it, and turned into a Lua error where it is caught. */
export class LuaFailure {
  /** The value to be raised. Where `level` or `arg` are set, a string, which is completed. */
  readonly type: number;
  readonly value: unknown;
  /** The level whose position goes before the message; 0: none; HERE: that of the running function, where it is Lua's. */
  readonly level: number;
  /** Which argument is wrong, from 1 on; 0: it is not about one. */
  readonly arg: number;

  constructor(type: number, value: unknown, level: number, arg: number) {
    this.type = type;
    this.value = value;
    this.level = level;
    this.arg = arg;
  }
}

/** A level. */
export const HERE = -1;

/** Fails as an operation of the VM does within a host function, which has no line. @param message one character per byte */
export function failWithoutPlace(message: string): never {
  throw new LuaFailure(STRING, ByteString.fromBinary(message as Binary), 0, 0);
}

/** Fails as an operation of the VM does. @param message one character per byte */
export function failHere(message: string): never {
  throw new LuaFailure(STRING, ByteString.fromBinary(message as Binary), HERE, 0);
}
