import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { LimitError, MoonkeepError } from "../../src/errors.ts";
import type { RunOptions } from "../../src/host/run-options.ts";
import { hooks } from "../../src/lua/run/hooks.ts";
import { everythingAllowed, memory, ScriptHost } from "../support/host.ts";
import { minutes, only, saySeed, seed } from "./asked.ts";
import { ProgramWriter } from "./program.ts";

/**
 * Random programs against a host with tight limits. Each must end in time, with a result, a Lua error or a LimitError;
 * no exception of JavaScript may come up on the way, caught by the script or not; what scripts share must stay as it
 * is; and memory must come back.
 *
 *   npm run fuzz                         for ten minutes; FUZZ_MINUTES says otherwise
 *   FUZZ_SEED=123 npm run fuzz           one program alone
 */
const programs = minutes > 0 ? Number.POSITIVE_INFINITY : 400;

const limits: RunOptions = {
  timeout: 2000,
  instructions: 200_000,
  memory: "8MiB",
  stringLength: "1MiB",
  coroutines: 100,
  output: "100KiB",
  storeOperations: 500,
  storeBytes: "1MiB",
};
/** Far above the time limit: what is counted in here is a busy machine, and no hang. */
const LONGEST = 20_000;
const MiB = 1024 * 1024;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function inUse(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const head = 'local store, security = require("store"), require("security") local s = store.get("app:cache")\n';

/** What the libraries look like to a script. */
const inventory = `local names = {}
for _, t in ipairs({ string, table, math, os, coroutine, utf8, errors, require("store"), require("security") }) do
  for k, v in next, t do names[#names + 1] = tostring(k) .. type(v) end
end
return #names .. table.concat(names, " ") .. tostring(getmetatable("").__index == string)`;

it(
  "random programs end well, or as they should",
  async () => {
    await using scripts = await ScriptHost.open([memory("cache", { max_size: 100 }), ...everythingAllowed]);
    const { host } = scripts;
    let strange: unknown;
    const translate = hooks.nativeError;
    hooks.nativeError = (L, e) => {
      if (!(e instanceof RangeError && /call stack/i.test(e.message))) strange = e;
      return translate(L, e);
    };
    saySeed("programs under limits");
    const before = (await host.run(inventory)).value;
    const end = performance.now() + minutes * 60_000;
    const outcomes = { result: 0, error: 0, limit: 0 };
    let base: number | undefined;
    try {
      for (let i = 0; i < (only === undefined ? programs : 1) && (minutes === 0 || performance.now() < end); i++) {
        const number = seed + i;
        const program = head + new ProgramWriter(number).program();
        const told = (what: string) => `${what}\nFUZZ_SEED=${number}\n${program}`;
        strange = undefined;
        const started = performance.now();
        const outcome = await host.run(program, limits).then(
          () => "result" as const,
          (e: unknown) => e,
        );
        const took = performance.now() - started;
        if (outcome === "result") outcomes.result++;
        else if (outcome instanceof LimitError) outcomes.limit++;
        else if (outcome instanceof MoonkeepError && outcome.kind !== "INTERNAL") outcomes.error++;
        else throw new Error(told("it failed otherwise than a script may"), { cause: outcome });
        if (strange !== undefined) throw new Error(told("an exception of JavaScript came up"), { cause: strange });
        if (took > LONGEST) throw new Error(told(`it took ${took} ms`));
        scripts.printed.length = 0;
        if (i % 100 !== 99) continue;
        expect((await host.run(inventory)).value).toBe(before);
        const used = inUse();
        base ??= used;
        if (used > base + 60 * MiB) throw new Error(told(`memory does not come back: ${used - base} bytes more`));
      }
    } finally {
      hooks.nativeError = translate;
    }
    if (minutes > 0) console.log(`FUZZ_SEED=${seed}`, outcomes);
    if (only === undefined) expect(Object.values(outcomes).every((n) => n > 0)).toBe(true);
  },
  Math.max(120_000, (minutes + 2) * 60_000),
);
