/** What a script could do that had got hold of its thread: send what it likes to the desk of its run. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LimitError, MoonkeepError } from "../../src/errors.ts";
import type { Limits } from "../../src/limits.ts";
import { text } from "../../src/lua/boundary/arg.ts";
import { defineHandle } from "../../src/lua/boundary/handle.ts";
import { defineModule, fn, plain } from "../../src/lua/boundary/module.ts";
import { Stopped } from "../../src/lua/meter/stopped.ts";
import { Channel } from "../../src/lua/run/channel.ts";
import type { Give } from "../../src/lua/run/feeds.ts";
import { anything } from "../../src/modules/params.ts";
import { timeModule } from "../../src/modules/time/time.ts";
import { fromJs } from "../../src/value/js.ts";
import type { Table } from "../../src/value/value.ts";
import { Desk } from "../../src/worker/desk.ts";
import type { KnownHandles } from "../../src/worker/given-handles.ts";
import type { Reply, ToFeed } from "../../src/worker/messages.ts";
import { ConstantHandles } from "../../src/worker/shapes.ts";
import { BadMessage, unpack } from "../../src/worker/wire.ts";

class Door {
  opened = 0;
  closed = 0;
  open(): number {
    return ++this.opened;
  }
}
defineHandle("test.Door", Door, { open: [] }, { release: (door) => void door.closed++ });
class Key {}
defineHandle("test.Key", Key, {}, { isOne: true, functions: { turn: plain([], () => "turned") } });

const door = new Door();
const doors = defineModule("doors", {
  door: fn([], () => door),
  say: fn([text("what")], (_, what) => what),
  take: plain([anything("x")], () => true),
});
const secret = defineModule("secret", { tell: plain([], () => "the secret"), key: new Key() });
const all = new Map([doors, secret].map((module) => [module.name, module]));

const nobody = () => {};

function makeDesk(limits: Limits = {}, tell: (message: ToFeed) => void = nobody): Desk {
  const types = new Map<unknown, number>();
  const options = {
    modules: new Map([doors, timeModule].map((module) => [module.name, module])),
    context: {},
    limits,
    print() {},
    outer: undefined,
  };
  const known: KnownHandles = {
    constants: new ConstantHandles(all),
    introduce(type) {
      types.set(type, types.get(type) ?? types.size);
      return { number: types.get(type)! };
    },
  };
  return new Desk(options, known, tell);
}

const ask = (desk: Desk, target: unknown, member: unknown, args: unknown = []): Reply =>
  desk.answer({ target, member, args }) as Reply;

describe("the desk of a run", () => {
  it("answers what the run may call", () => {
    expect(ask(makeDesk(), "doors", "say", ["hello"])).toMatchObject({ values: ["hello"] });
  });

  it("says of wrong arguments what a script in this thread is told", () => {
    const { error } = ask(makeDesk(), "doors", "say", [[0]]);
    expect(error).toMatchObject({ kind: "INVALID", message: "what: expected a string, got table" });
  });

  it("tells nothing of a failure that is none of the script's business", () => {
    const broken = defineModule("doors", {
      door: fn([], () => {
        throw new Error("/etc/secret");
      }),
    });
    const desk = new Desk(
      { modules: new Map([["doors", broken]]), context: {}, limits: {}, print() {}, outer: undefined },
      { constants: new ConstantHandles(new Map()), introduce: () => ({ number: 0 }) },
      nobody,
    );
    const reply = ask(desk, "doors", "door");
    expect(reply).toEqual({ fault: 1 });
  });

  it.each<[string, unknown, unknown]>([
    ["a module that the run may not load", "secret", "tell"],
    ["a constant handle of such a module", -1, "turn"],
    ["a function that there is not", "doors", "window"],
    ["what every object has", "doors", "constructor"],
    ["a module that there is not", "__proto__", "say"],
    ["a handle that was not given to it", 1, "open"],
    ["a module that runs in the thread itself", "time", "sleep"],
    ["nothing at all", undefined, undefined],
  ])("does not let it reach %s", (_, target, member) => {
    expect(() => ask(makeDesk(), target, member)).toThrow(BadMessage);
  });

  it("knows the handles of its own run, and of no other one", () => {
    const [mine, other] = [makeDesk(), makeDesk()];
    const { handle } = ask(mine, "doors", "door").values![0] as { handle: { id: number } };
    expect(ask(mine, handle.id, "open").values).toEqual([1]);
    expect(() => ask(other, handle.id, "open")).toThrow(BadMessage);
    expect(() => ask(mine, handle.id, "constructor")).toThrow(BadMessage);
  });

  it("releases the handles when the run ends", () => {
    const desk = makeDesk();
    ask(desk, "doors", "door");
    const before = door.closed;
    desk.close();
    expect(door.closed).toBe(before + 1);
  });

  it("counts the handles as the script's memory, whatever its thread says", () => {
    const desk = makeDesk({ memory: 10_000 });
    let reply: Reply = {};
    for (let i = 0; i < 1000 && reply.stop === undefined; i++) reply = ask(desk, "doors", "door");
    expect(reply.stop).toEqual(["memory", 10_000]);
    expect(desk.hit).toBeInstanceOf(LimitError);
  });

  it("counts what is spent in the run that called it, too", () => {
    const outer = makeDesk({ storeOperations: 2 });
    const spend = fn([], (context: { desk: Desk }) => context.desk.allowances.storeOperations.spend(1));
    const modules = new Map([["shop", defineModule("shop", { spend })]]);
    const context: { desk?: Desk } = {};
    const options = { modules, context, limits: {}, print() {}, outer };
    const known: KnownHandles = { constants: new ConstantHandles(modules), introduce: () => ({ number: 0 }) };
    const inner = new Desk(options, known, nobody);
    context.desk = inner;
    expect(ask(inner, "shop", "spend")).toMatchObject({ values: [undefined] });
    ask(inner, "shop", "spend");
    expect(ask(inner, "shop", "spend")).toEqual({ stop: ["storeOperations", 2] });
    expect(inner.hit).toMatchObject({ limit: "storeOperations", value: 2 });
  });
});

describe("a channel of the script that the host puts values into", () => {
  const value = fromJs({ n: 1 }, "value") as Table;

  /** One that has room for so many. */
  function feed(desk: Desk, size: number, { start = () => {}, stop = () => {} } = {}) {
    let give: Give = () => false;
    const channel = new Channel(size);
    const end = desk.feeds.open(channel, (given) => {
      start();
      give = given;
      return stop;
    });
    return { channel, end, give: () => give(() => value) };
  }

  it("gets no more than it has room for, until the thread says that it was taken", () => {
    const told: ToFeed[] = [];
    const desk = makeDesk({}, (message) => told.push(message));
    const { give, end } = feed(desk, 2);
    expect([give(), give(), give()]).toEqual([true, true, false]);
    desk.feeds.took(1, 2);
    expect([give(), give(), give()]).toEqual([true, true, false]);
    const wire = [0, "n", 1];
    const given = Array.from({ length: 4 }, () => ["give", 1, wire]);
    expect(told).toEqual([["feed", 1, 2], ...given]);
    end();
    expect(told.at(-1)).toEqual(["unfeed", 1, false]);
  });

  it("gets no more bytes than the run may have in memory", () => {
    const desk = makeDesk({ memory: 10_000 });
    const [one, other] = [feed(desk, 1000), feed(desk, 1000)];
    let count = 0;
    while (one.give()) count++;
    expect(count).toBeGreaterThan(2);
    expect(count).toBeLessThan(200);
    expect(other.give()).toBe(false);
    desk.feeds.took(1, 1);
    expect(other.give()).toBe(true);
    one.end();
    expect(other.give()).toBe(true);
  });

  it.each<[string, unknown, unknown]>([
    ["more than was given", 1, 3],
    ["nothing", 1, 0],
    ["less than nothing", 1, -1],
    ["a part of one", 1, 0.5],
    ["no number", 1, "1"],
    ["from no channel", undefined, 1],
    ["from a channel that there is not", 3, 1],
    ["from what is no number of a channel", "1", 1],
  ])("can't have been taken: %s", (_, number, count) => {
    const desk = makeDesk();
    const { give } = feed(desk, 5);
    feed(desk, 5);
    expect([give(), give()]).toEqual([true, true]);
    expect(() => desk.feeds.took(number, count)).toThrow(BadMessage);
  });

  it("is done with when the call has ended, also for a thread that does not know yet", () => {
    let running = 0;
    const desk = makeDesk();
    const { give, channel } = feed(desk, 5, { start: () => void running++, stop: () => void running-- });
    give();
    expect(running).toBe(1);
    desk.feeds.end();
    expect(running).toBe(0);
    expect(give()).toBe(false);
    expect(() => desk.feeds.took(1, 1)).not.toThrow();
    expect(desk.feeds.numberOf(channel)).toBe(1);
  });

  it("counts for the memory limit of the run", () => {
    const desk = makeDesk({ memory: 100_000 });
    const open = () => Array.from({ length: 100 }, () => feed(desk, 1));
    expect(open).toThrow(Stopped);
    expect(desk.hit).toMatchObject({ limit: "memory" });
  });
});

const wild = fc.letrec((tie) => ({
  part: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(undefined, null, true, Number.NaN, -0, 1, 2.5, 2 ** 40, "", "key", "\u0100", "\ud800"),
    fc.array(tie("part"), { maxLength: 6 }),
    fc.array(tie("part"), { maxLength: 4 }).map((list) => [Math.floor(list.length / 2), ...list]),
    fc.record(
      {
        float: tie("part"),
        handle: fc.oneof(tie("part"), fc.record({ id: fc.integer({ min: -3, max: 9 }) })),
        error: fc.oneof(tie("part"), fc.record({ kind: fc.string(), message: tie("part"), context: tie("part") })),
        function: tie("part"),
        other: fc.integer({ min: -1, max: 99 }),
        huge: fc.constantFrom(true, 1),
      },
      { requiredKeys: [] },
    ),
  ),
})).part;

describe("whatever a thread sends", () => {
  it("gets an answer, or ends the thread: nothing else comes of it", () => {
    const members = fc.constantFrom(undefined, "door", "say", "take", "open", "turn", "constructor", "__proto__", 7);
    const targets = fc.oneof(fc.constantFrom("doors", "secret", "__proto__", 1, 2, -1, -2), wild);
    fc.assert(
      fc.property(targets, members, fc.oneof(fc.array(wild, { maxLength: 3 }), wild), (target, member, args) => {
        const desk = makeDesk();
        ask(desk, "doors", "door");
        try {
          const reply = ask(desk, target, member, args);
          expect(["values", "error", "fault", "stop"].some((name) => name in reply)).toBe(true);
          expect(JSON.stringify(reply)).not.toContain("the secret");
        } catch (e) {
          expect(e).toBeInstanceOf(BadMessage);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("is no deeper and no larger than a value may be", () => {
    const { thread } = makeDesk();
    const none = () => {
      throw new BadMessage("nothing special here");
    };
    let deep: unknown[] = [0];
    for (let i = 0; i < 100_000; i++) deep = [1, deep];
    const sparse = new Array(4_000_000_000);
    sparse[0] = 3_999_999_999;
    for (const wire of [deep, sparse, [2, 1], [-1], [0, 1], [0, 1, 1, 1, 2], [0, Number.NaN, 1], [1, undefined]]) {
      expect(() => unpack(thread, wire, none)).toThrow(BadMessage);
    }
  });

  it("may be an error only in the shape of one", () => {
    const desk = makeDesk();
    const error = { kind: "INVALID", message: "no", context: [] };
    expect(desk.error(error)).toBeInstanceOf(MoonkeepError);
    for (const wrong of [
      { kind: 1 },
      { message: undefined },
      { context: [1] },
      { retryable: "yes" },
      { limit: ["everything", 1] },
      { frames: [{ source: 1 }] },
      { frames: new Array(1000).fill({ source: "s" }) },
      { details: { handle: { id: 1 } } },
    ]) {
      expect(() => desk.error({ ...error, ...wrong }), JSON.stringify(wrong)).toThrow(BadMessage);
    }
  });
});
