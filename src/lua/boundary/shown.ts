/** A value as an error's text shows it: JSON where it has some, of bounded length however large the value is. */
import { MAX_MESSAGE_BYTES } from "../../limits.ts";
import { ByteString } from "../../value/value.ts";
import { newCell } from "../vm/cell.ts";
import { forEachAfter, tagOfItem } from "../vm/lua-table.ts";
import {
  BOOLEAN,
  baseType,
  FLOAT,
  INT64,
  INTEGER,
  type LuaTable,
  NIL,
  STRING,
  TABLE,
  type TValue,
} from "../vm/types.ts";

/** Whoever reads it has seen enough; it also ends a table that contains itself. */
const DEEPEST = 16;

const typeNames = ["nil", "boolean", "userdata", "number", "string", "table", "function", "userdata", "thread"];

/** Thrown to leave the middle of a table. */
const full = Symbol("full");

/** What a script says goes no further than that; the rest is an ellipsis. */
export function shownValue(cell: TValue): string {
  const writer = new Writer();
  try {
    writer.value(cell, 0);
  } catch (e) {
    if (e !== full) throw e;
    return `${writer.text.slice(0, MAX_MESSAGE_BYTES)}…`;
  }
  return writer.text;
}

class Writer {
  text = "";

  #add(text: string): void {
    this.text += text;
    if (this.text.length > MAX_MESSAGE_BYTES) throw full;
  }

  value(cell: TValue, depth: number): void {
    const { type, value } = cell;
    if (type === STRING) this.#string(value as ByteString);
    else if (type === NIL) this.#add("null");
    else if (type === BOOLEAN || type === INTEGER || type === INT64 || type === FLOAT) this.#add(String(value));
    else if (type === TABLE && depth < DEEPEST) this.#table(value as LuaTable, depth);
    else this.#add(`(${typeNames[baseType(cell)] ?? "value"})`);
  }

  #string(s: ByteString): void {
    const isWhole = s.length <= MAX_MESSAGE_BYTES;
    this.#add(JSON.stringify(String(isWhole ? s : new ByteString(s.bytes.subarray(0, MAX_MESSAGE_BYTES)))));
    if (!isWhole) throw full;
  }

  #table(t: LuaTable, depth: number): void {
    let count = 0;
    while (count < t.items.length && tagOfItem(t, count) !== NIL) count++;
    const isList = count === t.size;
    this.#add(isList ? "[" : "{");
    let next = "";
    for (let i = 0; i < count; i++) {
      this.#add(isList ? next : `${next}"${i + 1}":`);
      this.value(newCell(tagOfItem(t, i), t.items[i]), depth + 1);
      next = ",";
    }
    forEachAfter(t, count, (key, value) => {
      this.#add(next);
      if (key.type === STRING) this.#string(key.value as ByteString);
      else this.#add(`"${typeof key.value === "object" ? "?" : String(key.value)}"`);
      this.#add(":");
      this.value(value, depth + 1);
      next = ",";
    });
    this.#add(isList ? "]" : "}");
  }
}
