/** Hosts for tests of what scripts see: a registry as data, scripts with short words for refusals, a clock that moves. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { MoonkeepError } from "../../src/errors.ts";
import { Host, type HostOptions } from "../../src/host/host.ts";
import type { Isolation, RunOptions } from "../../src/host/run-options.ts";
import { monotonicClock, wallClock } from "../../src/value/clock.ts";
import { ManualClock } from "../contract/clock.ts";

/** An entry of a registry, as its YAML says it. */
export type EntrySource = { readonly name: string; readonly kind: string } & Readonly<Record<string, unknown>>;

/** A store in memory, with these fields. */
export const memory = (name: string, config: Readonly<Record<string, unknown>> = {}): EntrySource => ({
  name,
  kind: "store.memory",
  ...config,
});

/** A policy, in the group `app:all` unless it says otherwise. */
export const policy = (
  name: string,
  effect: "allow" | "deny",
  actions: string | readonly string[],
  resources: string | readonly string[] = "*",
  more: { readonly conditions?: readonly unknown[]; readonly groups?: readonly string[] } = {},
): EntrySource => {
  const { conditions, groups = ["all"] } = more;
  const said = { actions, resources, effect, ...(conditions === undefined ? {} : { conditions }) };
  return { name, kind: "security.policy", policy: said, groups };
};

/** Scripts act as `tester`, under the group `app:all`, unless a run says otherwise. */
export const acting = (security: Readonly<Record<string, unknown>> = {}): EntrySource => ({
  name: "host",
  kind: "host.config",
  security: { actor: { id: "tester" }, groups: ["all"], ...security },
});

/** Entries under which everything is allowed. */
export const everythingAllowed: readonly EntrySource[] = [policy("everything", "allow", "*"), acting()];

/** `told(nil, err)`: what a refused call says, as a table. It fails when the call was not refused with nil first. */
const words = [
  'local store, security = require("store"), require("security")',
  "local function said(e) return {kind = e:kind(), message = e:message(), retryable = e:retryable(), details = e:details()} end",
  'local function told(value, err) assert(value == nil and err ~= nil, "it was not refused") return said(err) end',
  'local function raised(...) local ok, e = pcall(...) assert(not ok, "it did not raise") return e end',
].join(" ");

/** What a script is told of a refusal. */
export interface Refusal {
  readonly kind: string;
  readonly message: string;
  readonly retryable?: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Where scripts run: the tests of what they see run once in each isolation (vitest.config.ts). */
export const where: HostOptions = {
  isolation: process.env.ISOLATION as Isolation | undefined,
  workers: { spares: 0 },
};

/** A host on a registry of the namespace `app`. Close it: `await using`. */
export class ScriptHost implements AsyncDisposable {
  readonly host: Host;
  /** What scripts printed, a string a line. */
  readonly printed: string[];

  private constructor(host: Host, printed: string[]) {
    this.host = host;
    this.printed = printed;
  }

  static async open(entries: readonly EntrySource[], options: HostOptions = {}): Promise<ScriptHost> {
    const folder = mkdtempSync(join(tmpdir(), "scripts-"));
    const printed: string[] = [];
    const print = (line: Uint8Array) => void printed.push(Buffer.from(line).toString());
    try {
      const path = join(folder, "registry.yaml");
      writeFileSync(path, JSON.stringify({ version: "1.0", namespace: "app", entries })); // which is YAML, too
      return new ScriptHost(await Host.open(path, { env: {}, print, ...where, ...options }), printed);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** All results of a script, which has the locals `store`, `security`, `said`, `told` and `raised`. */
  async results(script: string, options: RunOptions = {}): Promise<readonly unknown[]> {
    return (await this.host.run(`${words} ${script}`, options)).values;
  }

  /** Its first result. */
  async run(script: string, options: RunOptions = {}): Promise<unknown> {
    return (await this.results(script, options))[0];
  }

  /** What the script answers `nil, err` with, as `told` tells it. */
  async refusal(call: string, options: RunOptions = {}): Promise<Refusal> {
    return (await this.run(`return told((function(...) ${call} end)(...))`, options)) as Refusal;
  }

  /** What a script fails with, as the embedder gets it. */
  async failure(script: string, options: RunOptions = {}): Promise<MoonkeepError> {
    try {
      await this.results(script, options);
    } catch (e) {
      if (e instanceof MoonkeepError) return e;
      throw e;
    }
    throw new Error(`the script did not fail: ${script}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.host.close();
  }
}

/** A host with a store `app:cache` of these fields, where everything is allowed. */
export const cacheHost = (config: Readonly<Record<string, unknown>> = {}): Promise<ScriptHost> =>
  ScriptHost.open([memory("cache", config), ...everythingAllowed]);

/** From here to the end of the test, the stores that are opened keep the time that this clock shows. */
export function stopClock(): ManualClock {
  const clock = new ManualClock(1_000_000.125);
  for (const real of [monotonicClock, wallClock]) {
    const spy = vi.spyOn(real, "now").mockImplementation(() => clock.now());
    onTestFinished(() => spy.mockRestore());
  }
  return clock;
}
