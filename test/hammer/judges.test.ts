/** The judges refuse what must not be. */
import { describe, expect, it } from "vitest";
import * as judges from "./judges.ts";
import type { Asked, Written } from "./record.ts";

const written = (asked: readonly Partial<Asked>[], notes: Written["notes"] = []): Written => ({
  asked: asked.map((one) => ({ process: "p1.1", key: "", call: { f: "" }, from: 0, ...one })),
  notes,
  ended: [],
});

describe("a total", () => {
  const add = (to?: number, answer?: number, refused?: string) => ({
    ...{ key: "total", call: { f: "increment" } },
    ...(to === undefined ? {} : { to, answer }),
    ...(refused === undefined ? {} : { refused }),
  });
  const record = written([add(1, 1), add(2, 2), add(), add(undefined, undefined, "the server is away")]);

  it("is what was added, and may be what was perhaps added", () => {
    for (const total of [2, 3]) expect(judges.judgeTotal(record, total)).toEqual({ added: 2, perhaps: 1 });
    for (const total of [1, 4, undefined]) expect(() => judges.judgeTotal(record, total)).toThrow("the counter says");
  });

  it("is not what two were told", () => {
    const twice = written([add(1, 1), add(2, 1)]);
    expect(() => judges.judgeTotal(twice, 2)).toThrow("1 increments had the answer of another one");
  });
});

it("a rate lets no more through than its limit and what may come at once", () => {
  const rate = { limit: 10, per: 1, burst: 5 };
  const take = (from: number) => ({ key: "rate", call: { f: "rate" }, from, to: from + 1000, answer: true });
  const every = (step: number, count: number) => Array.from({ length: count }, (_, i) => take(i * step));
  expect(judges.judgeRate(written(every(100_000, 40)), "rate", rate)).toEqual({ rate: 40 });
  expect(judges.judgeRate(written(every(1, 5)), "rate", rate)).toEqual({ rate: 5 });
  expect(() => judges.judgeRate(written(every(1, 6)), "rate", rate)).toThrow("rate: 6 in");
  expect(() => judges.judgeRate(written(every(90_000, 100)), "rate", rate)).toThrow("are allowed");
});

describe("a lock", () => {
  const hold = (name: string, from: number, token: number, until?: number) => [
    { key: "lock:1", call: { f: "acquire", hold: name, ttl: 2 }, from, to: from + 1, answer: token },
    ...(until === undefined
      ? []
      : [{ key: "lock:1", call: { f: "release", hold: name }, from: until, to: until + 1, answer: true }]),
  ];

  it("has one holder at a time, whose time may be up", () => {
    expect(judges.judgeLocks(written([...hold("a", 0, 1, 10), ...hold("b", 20, 2)]))).toEqual({ holds: 2 });
    expect(judges.judgeLocks(written([...hold("a", 0, 1), ...hold("b", 2_000_001, 2)]))).toEqual({ holds: 2 });
    for (const record of [
      written([...hold("a", 0, 1), ...hold("b", 20, 2)]),
      written([...hold("a", 0, 2, 10), ...hold("b", 20, 2)]),
      written([...hold("a", 0, 3, 10), ...hold("b", 20, 2)]),
    ])
      expect(() => judges.judgeLocks(record)).toThrow("lock:1 is not linearizable");
  });

  it("guards a number that is exact, where all its holders held it and know that they have written", () => {
    const add = (name: string, to?: number) => ({
      ...{ key: "sum:lock:1", call: { f: "add", hold: name }, from: 5 },
      ...(to === undefined ? {} : { to, answer: "ok" }),
    });
    const sums = (n: number) => new Map([["sum:lock:1", n]]);
    const sound = written([...hold("a", 0, 1), add("a", 6)]);
    expect(judges.judgeSections(sound, sums(1))).toEqual({ sections: 1, inside: 1 });
    expect(() => judges.judgeSections(sound, sums(0))).toThrow("holders of its lock have added 1, it is 0");
    for (const one of [add("a"), add("a", 2_000_001)]) {
      const unsound = written([...hold("a", 0, 1), one]);
      expect(judges.judgeSections(unsound, sums(0))).toEqual({ sections: 0, inside: 0 });
    }
  });
});

describe("a value that is fetched", () => {
  const fetch = (name: string, from: number, to: number, answer: string) => ({
    ...{ key: "fetch:1", call: { f: "fetch", fetch: name }, from, to, answer },
  });
  const make = (name: string, at: number, end: number) => [
    { process: "p1.1", key: "fetch:1", at, making: name },
    { process: "p1.1", key: "fetch:1", at: end, made: name },
  ];

  it("is computed once", () => {
    const once = written([fetch("a", 0, 10, "a"), fetch("b", 5, 12, "a")], make("a", 1, 8));
    expect(judges.judgeFetches(once)).toEqual({ computed: 1, given: 2 });
  });

  it.each([
    [
      "by two at once",
      "and",
      [fetch("a", 0, 10, "a"), fetch("b", 5, 12, "b")],
      [...make("a", 1, 8), ...make("b", 6, 9)],
    ],
    ["again", "had", [fetch("a", 0, 10, "a"), fetch("b", 11, 20, "b")], [...make("a", 1, 8), ...make("b", 12, 19)]],
    ["by nobody", "was given c", [fetch("a", 0, 10, "c")], make("a", 1, 8)],
  ])("is not computed %s", (_, message, asked, notes) => {
    expect(() => judges.judgeFetches(written(asked, notes))).toThrow(message);
  });

  it("is computed by another one when the first has been gone for the time of its lease", () => {
    const gone = { key: "fetch:1", call: { f: "fetch", fetch: "a" }, from: 0 };
    const record = written(
      [gone, fetch("b", 1, 5_000_030, "b")],
      [make("a", 1, 8)[0]!, ...make("b", 5_000_001, 5_000_010)],
    );
    expect(judges.judgeFetches(record)).toEqual({ computed: 2, given: 1 });
    const early = written([gone, fetch("b", 1, 50, "b")], [make("a", 1, 8)[0]!, ...make("b", 20, 30)]);
    expect(() => judges.judgeFetches(early)).toThrow("computed it at once");
  });
});

it("a key that shows what was certainly not written is not linearizable", () => {
  const set = { key: "register:1", call: { f: "set", value: "1" }, from: 0 };
  const get = { key: "register:1", call: { f: "get" }, from: 5, to: 6, answer: "1" };
  expect(judges.judgeKeys(written([set, get]))).toEqual({ keys: 1, calls: 2, open: 1 });
  expect(() => judges.judgeKeys(written([{ ...set, refused: "the server is away" }, get]))).toThrow(
    "register:1 is not linearizable",
  );
});
