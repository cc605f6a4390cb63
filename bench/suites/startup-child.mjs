/** One embeddable engine: `once` runs one line and ends, `measure` says what states and calls cost. */
import { peer } from "../peers.mjs";

const [, , name, what] = process.argv;

/** `line` runs one line in a state of its own; `state` opens one, and says how a function of it is called and how it ends. */
const open = {
  async moonkeep() {
    const { Host } = await import("../../dist/index.js");
    const host = await Host.open();
    return {
      line: () => host.run("return 1 + 1"),
      async state() {
        const { value: call } = await host.run("return function(n) return n + 1 end");
        return { call: () => call(1), close: () => call.release() };
      },
    };
  },
  async wasmoon() {
    const { LuaFactory } = await peer("wasmoon");
    const factory = new LuaFactory();
    return {
      async line() {
        const engine = await factory.createEngine();
        await engine.doString("return 1 + 1");
        engine.global.close();
      },
      async state() {
        const engine = await factory.createEngine();
        const call = await engine.doString("return function(n) return n + 1 end");
        return { call: () => call(1), close: () => engine.global.close() };
      },
    };
  },
  async quickjs() {
    const { getQuickJS } = await peer("quickjs-emscripten");
    const quickjs = await getQuickJS();
    return {
      line() {
        const context = quickjs.newContext();
        context.unwrapResult(context.evalCode("1 + 1")).dispose();
        context.dispose();
      },
      state() {
        const context = quickjs.newContext();
        const f = context.unwrapResult(context.evalCode("(n) => n + 1"));
        const one = context.newNumber(1);
        const call = () => {
          const result = context.unwrapResult(context.callFunction(f, context.undefined, one));
          const value = context.getNumber(result);
          result.dispose();
          return value;
        };
        return {
          call,
          close: () => {
            one.dispose();
            f.dispose();
            context.dispose();
          },
        };
      },
    };
  },
  async isolate() {
    const { default: ivm } = await peer("isolated-vm");
    return {
      async line() {
        const isolate = new ivm.Isolate({ memoryLimit: 32 });
        await (await isolate.createContext()).eval("1 + 1");
        isolate.dispose();
      },
      async state() {
        const isolate = new ivm.Isolate({ memoryLimit: 32 });
        const context = await isolate.createContext();
        const call = await context.eval("(n) => n + 1", { reference: true });
        return { call: () => call.applySync(undefined, [1]), close: () => isolate.dispose() };
      },
    };
  },
};

const { line, state: fresh } = await open[name]();
if (what === "once") {
  await line();
  process.exit(0);
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
async function microseconds(times, f) {
  const figures = [];
  for (let i = 0; i < times; i++) {
    const from = performance.now();
    await f();
    figures.push((performance.now() - from) * 1000);
  }
  return median(figures.slice(times >> 1));
}

const STATES = 60;
for (let i = 0; i < STATES; i++) (await fresh()).close();
gc();
const before = process.memoryUsage();
const kept = [];
for (let i = 0; i < STATES; i++) kept.push(await fresh());
gc();
const after = process.memoryUsage();
// Isolates and WebAssembly memories lie outside this heap: what the process takes counts, where that is more.
const heap = after.heapUsed + after.external - before.heapUsed - before.external;
const memory = Math.max(heap, name === "isolate" ? after.rss - before.rss : 0) / STATES;

const start = await microseconds(1000, line);
const state = await fresh();
const CALLS = 2000;
const call = await microseconds(40, async () => {
  for (let i = 0; i < CALLS; i++) await state.call();
});
state.close();

process.stdout.write(
  JSON.stringify({
    "a fresh state that runs one line": start,
    "a call of a function that is there": call / CALLS,
    "memory of a state": memory,
  }),
);
for (const one of kept) one.close();
process.exit(0);
