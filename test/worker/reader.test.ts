/** What of the messages of a thread is read, and what ends it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limitNames } from "../../src/limits.ts";
import { readMessage } from "../../src/worker/reader.ts";
import { BadMessage, MOST_IN_A_MESSAGE } from "../../src/worker/wire.ts";

/** As it arrives. */
const read = (message: unknown, memory?: number) => readMessage(structuredClone(message), memory);
const bytes = Uint8Array.of(65);
const view = new Uint8Array(1000).subarray(0, 1);
const own = (list: unknown[], ...names: string[]) =>
  Object.assign(list, Object.fromEntries(names.map((name) => [name, 1])));
const error = { kind: "INVALID", message: "m", context: ["c"] };
const question = { target: "store", member: "get", args: ["key"] };
const itself: unknown[] = [1];
itself.push(itself);

/** A message of each kind, whole. */
const whole: readonly unknown[][] = [
  ["ask", 1, question],
  ["ask", 1, { ...question, where: "script:1" }],
  ["ask", 1, { target: 3, args: [] }],
  ["ask", 1, { target: 3, member: undefined, args: [], where: undefined }],
  ["remains", Object.fromEntries(limitNames.map((name) => [name, 1]))],
  ["remains", { timeout: undefined }],
  ["print", bytes],
  ["print", new Uint8Array()],
  ["took", 1, 2],
  ["done", [], 0],
  ["done", [undefined, true, 1.5, Number.NaN, "s", 2n ** 63n - 1n, -(2n ** 63n)], 12.5],
  ["done", [[2, 1, "item", "key", [0]], [0], itself], 0],
  ["done", [{ float: 1 }, { handle: { id: -1 } }, { error }, { function: 0 }, { other: 6 }, { huge: true }], 0],
  ["done", [{ packed: bytes }], 0],
  ["failed", error, 0, true],
  ["failed", { ...error, retryable: undefined, origin: undefined, details: [0, "a", 1] }, 0, true],
  ["failed", { ...error, frames: [{ source: "s", line: 1, name: "f" }, { source: "s" }], limit: ["time", 1] }, 0, true],
  ["failed", { ...error, exit: 3, origin: 4, retryable: true }, 0, true],
  ["broke", "why"],
];

const wrong: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  null: null,
  text: "done",
  "an object": { 0: "done", 1: [], 2: 0, length: 3 },
  "a map": new Map([[1, "done"]]),
  "an empty list": [],
  "a kind that there is not": ["nonsense"],
  "a second greeting": ["ready"],
  "a place of its own in a list": ["done", own([1], "slice"), 0],
  "its own map": ["done", own([], "map"), 0],
  "its own constructor": ["done", own([1], "constructor"), 0],
  "its own iterator name": ["done", own([1], "some", "length2"), 0],
  "a field of a table": ["done", [own([1, 2], "x")], 0],
  "a field of a table in a table": ["done", [[1, own([0], "x")]], 0],
  "a field of the arguments": ["ask", 1, { ...question, args: own([], "some") }],
  "a field of the context": ["failed", { ...error, context: own(["x"], "slice") }, 0, true],
  "a field of the frames": ["failed", { ...error, frames: own([{ source: "s" }], "map") }, 0, true],
  "a field of the limit": ["failed", { ...error, limit: own(["time", 1], "x") }, 0, true],
  "a field of details": ["failed", { ...error, details: own([0], "x") }, 0, true],
  "a field of the message": own(["done", [], 0], "x"),
  "a field of the question": ["ask", 1, { ...question, x: 1 }],
  "a field of an error": ["failed", { ...error, x: 1 }, 0, true],
  "a field of an error in a value": ["done", [{ error: { ...error, x: 1 } }], 0],
  "a field of a frame": ["failed", { ...error, frames: [{ source: "s", x: 1 }] }, 0, true],
  "a field of a handle": ["done", [{ handle: { id: 1, bytes: 1 } }], 0],
  "two forms at once": ["done", [{ float: 1, other: 6 }], 0],
  "a form that there is not": ["done", [{ channel: 1 }], 0],
  "no form": ["done", [{}], 0],
  "a float that is text": ["done", [{ float: "1" }], 0],
  "a function that is an object": ["done", [{ function: { a: 1 } }], 0],
  "a handle without a number": ["done", [{ handle: { id: "1" } }], 0],
  "a huge one that is not": ["done", [{ huge: "x" }], 0],
  "a line that is text in a stack": ["failed", { ...error, frames: [{ source: "s", line: "x" }] }, 0, true],
  "a name that is a list": ["failed", { ...error, frames: [{ source: "s", name: ["x"] }] }, 0, true],
  "an exit that is text": ["failed", { ...error, exit: "x" }, 0, true],
  "an origin that is text": ["failed", { ...error, origin: "x" }, 0, true],
  "a limit of three": ["failed", { ...error, limit: ["time", 1, 1] }, 0, true],
  "too much context": ["failed", { ...error, context: new Array(1001).fill("") }, 0, true],
  "a place of any length": ["ask", 1, { ...question, where: "x".repeat(201) }],
  "a module's name of any length": ["ask", 1, { ...question, target: "x".repeat(1001) }],
  "a function's name of any length": ["ask", 1, { ...question, member: "x".repeat(1001) }],
  "arguments that nobody reads": ["ask", 1, { target: 1, args: [1] }],
  "no arguments": ["ask", 1, { target: "store", member: "get" }],
  "a question without a number": ["ask", "1", question],
  "too many arguments": ["ask", 1, { ...question, args: new Array(MOST_IN_A_MESSAGE + 1).fill(1) }],
  "too many places": ["done", Array.from({ length: 30 }, () => new Array(5000).fill(1)), 0],
  "an integer of more than 64 bits": ["done", [2n ** 63n], 0],
  "an integer of a million bits": ["done", [[1, 2n ** 1_000_000n]], 0],
  "output of a large buffer": ["print", view],
  "output that is text": ["print", "x"],
  "output of other numbers": ["print", new Uint16Array(1)],
  "a table of a large buffer": ["done", [{ packed: view }], 0],
  "a table that it goes on writing to": ["done", [{ packed: new Uint8Array(new SharedArrayBuffer(1)) }], 0],
  "bytes where a value is": ["done", [bytes], 0],
  "a map where a value is": ["done", [new Map()], 0],
  "a date where a value is": ["done", [new Date(0)], 0],
  "an error of JavaScript's where a value is": ["done", [new Error("x")], 0],
  "null where a value is": ["done", [null], 0],
  "null in a table": ["done", [[1, null]], 0],
  "an amount that is text": ["remains", { timeout: "1" }],
  "an amount that is not a number": ["remains", { memory: Number.NaN }],
  "a limit that there is not": ["remains", { x: 1 }],
  "limits that are a list": ["remains", [1]],
  "a reason that is not text": ["broke", ["why"]],
  "a state that is broken by more than yes or no": ["failed", error, 0, {}],
  "a number of instructions that is not one": ["done", [], Number.NaN],
  "fewer instructions than none": ["done", [], -1],
};

describe("a message", () => {
  it("of each kind is read as it was sent", () => {
    for (const message of whole) expect(read(message)).toEqual(message);
  });

  it("has as many parts as its kind has, and no fewer", () => {
    for (const message of whole) {
      expect(() => read([...message, undefined]), JSON.stringify(message[0])).toThrow(BadMessage);
      expect(() => read(message.slice(0, -1)), JSON.stringify(message[0])).toThrow(BadMessage);
    }
  });

  it.each(Object.entries(wrong))("is not %s", (_, message) => {
    expect(() => read(message)).toThrow(BadMessage);
  });

  it("has no more bytes than the script may have, wherever they are", () => {
    const long = "x".repeat(1001);
    for (const message of [
      ["print", new Uint8Array(1001)],
      ["done", [long], 0],
      ["done", [[1, long]], 0],
      ["done", [{ packed: new Uint8Array(1001) }], 0],
      ["failed", { ...error, message: long }, 0, true],
      ["failed", { ...error, context: [long] }, 0, true],
      ["failed", { ...error, exit: 0, details: [1, long] }, 0, true],
      ["failed", { ...error, exit: 0, frames: [{ source: "s", name: long }] }, 0, true],
      ["broke", long],
    ]) {
      expect(() => read(message, 1000), JSON.stringify(message).slice(0, 50)).toThrow(BadMessage);
      expect(() => read(message, 1100)).not.toThrow();
    }
  });

  it("is read, or ends the thread, whatever it is: nothing else comes of it", () => {
    const anyValue = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
    });
    const kinds = fc.constantFrom(...whole.map(([what]) => what));
    fc.assert(
      fc.property(fc.oneof(anyValue, fc.tuple(kinds, anyValue), fc.tuple(kinds, anyValue, anyValue)), (message) => {
        let cloned: unknown;
        try {
          cloned = structuredClone(message);
        } catch {
          return; // what can't be sent
        }
        try {
          readMessage(cloned);
        } catch (e) {
          expect(e).toBeInstanceOf(BadMessage);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
