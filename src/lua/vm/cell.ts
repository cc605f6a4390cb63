/**
 * A tagged value: a slot of a stack, an upvalue, a table's key or value. The methods below the line are Fengari's, for
 * its parser, its code generator and its C API; ours look at the tag.
 */
import type { ByteString } from "../../value/value.ts";
import { INT64, INTEGER, NIL } from "./tags.ts";

export class TValue {
  type: number;
  value: unknown;

  constructor(type: number = NIL, value: unknown = null) {
    this.type = type;
    this.value = value;
  }

  setfrom(other: TValue): void {
    this.type = other.type;
    this.value = other.value;
  }

  setnilvalue(): void {
    this.type = NIL;
    this.value = null;
  }

  ttisnil(): boolean {
    return this.type === NIL;
  }

  // ---- Fengari's ----

  ttype(): number {
    return this.type & 0x3f;
  }
  ttnov(): number {
    return this.type & 0x0f;
  }
  checktag(tag: number): boolean {
    return this.type === tag;
  }
  checktype(type: number): boolean {
    return (this.type & 0x0f) === type;
  }
  ttisnumber(): boolean {
    return (this.type & 0x0f) === 3;
  }
  ttisfloat(): boolean {
    return this.type === 3;
  }
  /** An integer of any size. */
  ttisinteger(): boolean {
    return this.type === INTEGER || this.type === INT64;
  }
  ttisboolean(): boolean {
    return this.type === 1;
  }
  ttislightuserdata(): boolean {
    return this.type === 2;
  }
  ttisstring(): boolean {
    return (this.type & 0x0f) === 4;
  }
  ttistable(): boolean {
    return this.type === 5;
  }
  ttisfunction(): boolean {
    return (this.type & 0x0f) === 6;
  }
  ttisclosure(): boolean {
    return (this.type & 0x1f) === 6;
  }
  ttisCclosure(): boolean {
    return this.type === 38;
  }
  ttisLclosure(): boolean {
    return this.type === 6;
  }
  ttislcf(): boolean {
    return this.type === 22;
  }
  ttisfulluserdata(): boolean {
    return this.type === 7;
  }
  ttisthread(): boolean {
    return this.type === 8;
  }
  ttisdeadkey(): boolean {
    return false;
  }
  l_isfalse(): boolean {
    return this.type === NIL || (this.type === 1 && this.value === false);
  }
  setfltvalue(n: number): void {
    this.type = 3;
    this.value = n;
  }
  setivalue(i: unknown): void {
    this.type = typeof i === "number" ? INTEGER : INT64;
    this.value = i;
  }
  setbvalue(b: boolean): void {
    this.type = 1;
    this.value = b;
  }
  setsvalue(s: ByteString): void {
    this.type = 20;
    this.value = s;
  }
  setpvalue(p: unknown): void {
    this.type = 2;
    this.value = p;
  }
  setuvalue(u: unknown): void {
    this.type = 7;
    this.value = u;
  }
  setthvalue(thread: unknown): void {
    this.type = 8;
    this.value = thread;
  }
  sethvalue(table: unknown): void {
    this.type = 5;
    this.value = table;
  }
  setfvalue(f: unknown): void {
    this.type = 22;
    this.value = f;
  }
  setclLvalue(closure: unknown): void {
    this.type = 6;
    this.value = closure;
  }
  setclCvalue(closure: unknown): void {
    this.type = 38;
    this.value = closure;
  }
  tsvalue(): ByteString {
    return this.value as ByteString;
  }
  svalue(): Uint8Array {
    return (this.value as ByteString).getstr();
  }
  vslen(): number {
    return (this.value as ByteString).length;
  }
  jsstring(): string {
    return (this.value as ByteString).toString();
  }
}

/** A nil that is in no table: what is read where there is nothing. It can't be changed. */
export const nothing: TValue = Object.freeze(new TValue(NIL, null));

export const newCell = (type: number, value: unknown): TValue => new TValue(type, value);
export const nilCell = (): TValue => new TValue(NIL, null);
