/** What is shared in a message costs it a few bytes each time, and must not cost the host more than that. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nilCell } from "../../src/lua/vm/table.ts";
import { Desk } from "../../src/worker/desk.ts";
import type { KnownHandles } from "../../src/worker/given-handles.ts";
import { readMessage } from "../../src/worker/reader.ts";
import { ConstantHandles } from "../../src/worker/shapes.ts";
import { BadMessage, MOST_IN_A_MESSAGE, MOST_IN_ONE_STEP } from "../../src/worker/wire.ts";

const MEMORY = 2 ** 20;
/** How often one place is looked at, at most: is it a list, how long is it, what is in it. */
const LOOKS = 20;
const MOST_LOOKS = LOOKS * (MOST_IN_A_MESSAGE + MOST_IN_ONE_STEP);

/** The same, where each look at one of its objects is counted. */
function counted<T>(value: T, most: number): T {
  let left = most;
  const look = () => {
    if (--left < 0) throw new Error("it is looked at more often than that");
  };
  const known = new Map<object, unknown>();
  const wrap = (part: unknown): unknown => {
    if (typeof part !== "object" || part === null || part instanceof Uint8Array) return part;
    const before = known.get(part);
    if (before !== undefined) return before;
    const proxy = new Proxy(part, {
      get(target, name) {
        look();
        return wrap(Reflect.get(target, name));
      },
      getOwnPropertyDescriptor(target, name) {
        look();
        return Reflect.getOwnPropertyDescriptor(target, name);
      },
      has(target, name) {
        look();
        return Reflect.has(target, name);
      },
      getPrototypeOf(target) {
        look();
        return Reflect.getPrototypeOf(target);
      },
    });
    known.set(part, proxy);
    return proxy;
  };
  return wrap(value) as T;
}

/** Each object once, as the message carries it. */
function sizeOf(value: unknown): number {
  const seen = new Set<unknown>();
  const left = [value];
  let size = 0;
  while (left.length > 0) {
    const part = left.pop();
    size++;
    if (typeof part !== "object" || part === null || seen.has(part)) continue;
    seen.add(part);
    left.push(...Object.values(part));
  }
  return size;
}

const known: KnownHandles = { constants: new ConstantHandles(new Map()), introduce: () => ({ number: 0 }) };
const makeDesk = (memory: number | undefined = MEMORY) =>
  new Desk({ modules: new Map(), context: {}, limits: { memory }, print() {}, outer: undefined }, known, () => {});

type Outcome = "read" | "refused";

/** Reads a message and what it carries, as the host does. */
function take(message: unknown[], memory: number | undefined = MEMORY): Outcome {
  try {
    const sent = structuredClone(message);
    readMessage(counted(message, LOOKS * sizeOf(message)), memory);
    const read = readMessage(sent, memory);
    const desk = makeDesk(memory);
    const again = <T>(part: T) => counted(part, MOST_LOOKS);
    if (read[0] === "done") desk.unpack(again(read[1]), nilCell);
    if (read[0] === "failed") desk.error(again(read[1]));
    return "read";
  } catch (e) {
    if (e instanceof BadMessage) return "refused";
    throw e;
  }
}

const anError = (more: object = {}) => ({ kind: "", message: "", context: [], ...more });
const table = (...items: unknown[]) => [items.length, ...items];
const times = <T>(count: number, part: T): T[] => new Array(count).fill(part);

function chain(length: number): object {
  let error: object = anError();
  for (let i = 0; i < length; i++) error = anError({ details: { error } });
  return error;
}

describe("what stands in a message many times", () => {
  const frames = times(64, { source: "s" });
  const long = "é".repeat(2 ** 15);
  const latin = Buffer.from(long).toString("latin1");
  it.each<[string, unknown[], Outcome]>([
    ["an error", ["done", [table(...times(5000, { error: anError() }))], 0], "read"],
    ["an error with context", ["done", times(1000, { error: anError({ context: ["a", "b"] }) }), 0], "read"],
    [
      "an error with much context",
      ["done", times(20_000, { error: anError({ context: times(1000, "") }) }), 0],
      "refused",
    ],
    ["an error with many frames", ["done", times(20_000, { error: anError({ frames }) }), 0], "refused"],
    ["an error with details", ["done", times(20_000, { error: anError({ details: [1, "x"] }) }), 0], "refused"],
    ["the last of a chain of errors", ["done", [table(...times(19_000, { error: chain(500) }))], 0], "refused"],
    ["a long text", ["done", [table(...times(19_000, { error: anError({ message: latin }) }))], 0], "refused"],
    [
      "a long text in details",
      ["failed", anError({ details: table(...times(9000, table(latin))) }), 0, true],
      "refused",
    ],
    ["a handle", ["done", [table(...times(5000, { handle: { id: 1 } }))], 0], "refused"],
    ["a float", ["done", [table(...times(5000, { float: 1 }))], 0], "read"],
  ])("%s", (_, message, outcome) => {
    expect(take(message)).toBe(outcome);
  });

  it("is as whole each time as the first time", () => {
    const error = anError({ context: ["c"], frames: [{ source: "s" }], details: [1, "d"] });
    const message = ["done", [{ error }, [1, { error }]], 0];
    expect(readMessage(structuredClone(message))).toEqual(message);
  });

  it("is nothing that a text within details is made of again and again, whatever the memory limit", () => {
    const details = table(...times(9000, table(latin)));
    expect(take(["failed", anError({ details }), 0, true], Number.POSITIVE_INFINITY)).toBe("refused");
  });

  it("is no error within the details of another one", () => {
    expect(take(["failed", chain(1), 0, true])).toBe("refused");
    expect(take(["failed", chain(200), 0, true])).toBe("refused");
  });
});

/** Any graph of what a message may have in it: each part may be anywhere, within itself as well, and many times. */
function graph(choices: readonly number[], size: number): unknown[] {
  let at = 0;
  const choose = (most: number) => (choices[at++ % choices.length]! + at) % most;
  const errors = times(size, 0).map(() => anError() as Record<string, unknown>);
  const lists = times(size, 0).map((): unknown[] => []);
  const part = (): unknown => {
    const one = choose(size);
    return [1, "x".repeat(choose(100)), { float: 1 }, { huge: true }, { error: errors[one] }, lists[one]][choose(6)];
  };
  for (const error of errors) {
    if (choose(2) === 0) error.context = times(choose(5), "c");
    if (choose(3) === 0) error.frames = times(choose(5), { source: "s" });
    if (choose(2) === 0) error.details = part();
    if (choose(8) === 0) error.limit = ["time", 1];
  }
  for (const list of lists) {
    const length = choose(4) === 0 ? choose(3000) : choose(6);
    if (choose(2) === 0) list.push(length, ...times(length, part()));
    else list.push(length, ...times(length, 0).map(part));
    if (choose(3) === 0) list.push("key", part());
  }
  const values = choose(3) === 0 ? times(choose(3000), part()) : times(choose(5), 0).map(part);
  return choose(4) === 0 ? ["failed", errors[0], 0, true] : ["done", values, 0];
}

it("whatever is shared with whatever, a message is read or refused with no more looks than it has parts", () => {
  const outcomes = { read: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.array(fc.nat(10_000), { minLength: 5, maxLength: 60 }),
      fc.integer({ min: 1, max: 30 }),
      (choices, size) => {
        outcomes[take(graph(choices, size))]++;
      },
    ),
    { numRuns: 500 },
  );
  expect(outcomes.read).toBeGreaterThan(20);
  expect(outcomes.refused).toBeGreaterThan(20);
});
