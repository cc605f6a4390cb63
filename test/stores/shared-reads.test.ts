import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { SharedReads } from "../../src/stores/postgres/shared-reads.ts";
import type { Key } from "../../src/value/value.ts";

const key = (text: string) => text as Key;

/** A backend whose answers are given one by one: `asked` holds what it was asked, in order. */
function makeBackend(table: ReadonlyMap<Key, string>) {
  const asked: { keys: readonly Key[]; end: number; answer(): void; fail(e: unknown): void }[] = [];
  const ask = <T>(keys: readonly Key[], end: number, found: () => T) =>
    new Promise<T>((resolve, reject) => asked.push({ keys, end, answer: () => resolve(found()), fail: reject }));
  const reader = {
    one: (k: Key, end: number) => ask([k], end, () => table.get(k)),
    many: (keys: readonly Key[], end: number) =>
      ask(keys, end, () => new Map(keys.flatMap((k) => (table.has(k) ? [[k, table.get(k)!] as const] : [])))),
  };
  return { asked, reader };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

describe("reads over few connections", () => {
  it("are sent at once and one by one as long as there are connections", () => {
    const { asked, reader } = makeBackend(new Map());
    const reads = new SharedReads(reader, 3, 1000);
    for (const k of ["a", "b", "c"]) void reads.read(key(k));
    expect(asked.map(({ keys }) => keys)).toEqual([["a"], ["b"], ["c"]]);
  });

  it("go together when they would wait, each key once, and everybody gets his own answer", async () => {
    const { asked, reader } = makeBackend(new Map([[key("a"), "A"]]));
    const reads = new SharedReads(reader, 1, 1000);
    const answers = ["x", "a", "b", "a"].map((k) => reads.read(key(k)));
    expect(asked).toHaveLength(1);
    asked[0]!.answer();
    await turns();
    expect(asked[1]!.keys).toEqual(["a", "b"]);
    asked[1]!.answer();
    expect(await Promise.all(answers)).toEqual([undefined, "A", undefined, "A"]);
  });

  it("have as much time as the one among them that waits for the longest time", async () => {
    const { asked, reader } = makeBackend(new Map());
    const reads = new SharedReads(reader, 1, 1000);
    void reads.read(key("a"));
    const before = performance.now();
    void reads.read(key("b"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    void reads.read(key("c"));
    asked[0]!.answer();
    await turns();
    expect(asked[1]!.end - before).toBeGreaterThanOrEqual(1000);
    expect(asked[1]!.end - before).toBeLessThan(1005);
  });

  it("fail together, with an error for each, and the next ones are sent all the same", async () => {
    const { asked, reader } = makeBackend(new Map());
    const reads = new SharedReads(reader, 1, 1000);
    const first = reads.read(key("a")).catch((e: unknown) => e);
    const both = ["b", "c"].map((k) => reads.read(key(k)).catch((e: unknown) => e));
    asked[0]!.fail(new MoonkeepError("UNAVAILABLE", "away"));
    expect(await first).toMatchObject({ kind: "UNAVAILABLE" });
    await turns();
    asked[1]!.fail(new MoonkeepError("TIMEOUT", "late"));
    const [b, c] = await Promise.all(both);
    expect([b, c]).toMatchObject([{ kind: "TIMEOUT" }, { kind: "TIMEOUT" }]);
    expect(b).not.toBe(c);
    void reads.read(key("d"));
    expect(asked[2]!.keys).toEqual(["d"]);
  });

  it("are all answered, and never more of them are under way than there are connections", async () => {
    const names = ["a", "b", "c", "d"].map(key);
    const table = new Map(names.slice(1).map((k) => [k, `${k}!`]));
    const read = fc.record({ key: fc.constantFrom(...names), answersBefore: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(read, { maxLength: 200 }), async (most, script) => {
        const { asked, reader } = makeBackend(table);
        const reads = new SharedReads(reader, most, 1000);
        let answered = 0;
        const answerSome = async (n: number) => {
          for (; n > 0 && answered < asked.length; n--) asked[answered++]!.answer();
          await turns();
          expect(asked.length - answered).toBeLessThanOrEqual(most);
        };
        const answers: Promise<string | undefined>[] = [];
        for (const { key: k, answersBefore } of script) {
          if (answersBefore > 0) await answerSome(answersBefore);
          answers.push(reads.read(k));
        }
        while (answered < asked.length) await answerSome(1);
        expect(await Promise.all(answers)).toEqual(script.map(({ key: k }) => table.get(k)));
        expect(Math.max(0, ...asked.map(({ keys }) => keys.length))).toBeLessThanOrEqual(50);
      }),
      { numRuns: 30 },
    );
  });
});
