/** What a call is made of that waits: its tasks, and the promise of its results. */
import { describe, expect, it } from "vitest";
import { MoonkeepError } from "../../../src/errors.ts";
import type { Wait } from "../../../src/lua/core/suspend.ts";
import { PendingResults } from "../../../src/lua/run/pending-results.ts";
import { Task } from "../../../src/lua/run/task.ts";
import { Sandbox } from "../../support/lua.ts";

const { thread } = new Sandbox().state;

describe("a task", () => {
  const told: string[] = [];
  const make = () => {
    told.length = 0;
    return new Task(thread, 0, { ready: () => told.push("ready"), arrived: () => told.push("arrived") });
  };
  const wait = (promise?: Promise<unknown>): Wait => ({
    ...(promise && { promise }),
    rejected: false,
    outcome: undefined,
    cancel: () => told.push("cancel"),
  });

  it("is ready when what it waits for is there", async () => {
    const task = make();
    const one = wait(Promise.resolve(7));
    task.waits(one);
    expect(task.isParked).toBe(false);
    await one.promise;
    expect(told).toEqual(["ready", "arrived"]);
    expect(one).toMatchObject({ rejected: false, outcome: 7 });
  });

  it("goes on with an error when it is refused what only another task could give it", () => {
    const task = make();
    const one = wait();
    task.waits(one);
    expect(task.isParked).toBe(true);
    const error = new MoonkeepError("INVALID", "no");
    task.refuse(error);
    expect(told).toEqual(["cancel", "ready"]);
    expect(one).toMatchObject({ rejected: true, outcome: error });
  });

  it("hears of nothing any more once it is abandoned", async () => {
    const task = make();
    const one = wait(Promise.resolve(7));
    task.waits(one);
    task.abandon();
    await one.promise;
    expect(told).toEqual(["cancel"]);
  });
});

describe("results that are waited for", () => {
  it("are there once, and nothing ends the wait after that", async () => {
    const told: string[] = [];
    const abort = new AbortController();
    const ending = { timeOut: () => told.push("time"), cancel: () => told.push("cancel") };
    const pending = new PendingResults(Number.POSITIVE_INFINITY, abort.signal, ending);
    pending.resolve([]);
    abort.abort();
    expect(await pending.promise).toEqual([]);
    expect(told).toEqual([]);
  });

  it("end by their signal or their deadline, whichever comes first", async () => {
    const told: string[] = [];
    const abort = new AbortController();
    await new Promise<void>((resolve) => {
      const ending = {
        timeOut: () => {
          told.push("time");
          resolve();
        },
        cancel: () => told.push("cancel"),
      };
      const pending = new PendingResults(0, abort.signal, ending);
      abort.abort();
      pending.promise.catch(() => {});
    });
    expect(told).toEqual(["cancel", "time"]);
  });
});

it("a coroutine that only yields keeps the slots that it was made with", () => {
  const sandbox = new Sandbox();
  const [fresh, waiting] = sandbox.state.run(
    sandbox.load(`local function f() coroutine.yield() end
      local fresh, waiting = coroutine.create(f), coroutine.create(f)
      coroutine.resume(waiting)
      return fresh, waiting`),
    [],
  ) as readonly { value: { stack: unknown[] } }[];
  expect(waiting!.value.stack.length).toBe(fresh!.value.stack.length);
});
