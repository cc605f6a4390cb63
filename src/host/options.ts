/** The option objects of the host, each as one table of names and readers (value/options.ts). */

import type { Library } from "../lua/run/loads.ts";
import {
  callback,
  checked,
  duration,
  flag,
  items,
  mapping,
  misplaced,
  names,
  oneOf,
  type Read,
  type Reader,
  type Readers,
  readOptions,
  signal,
  size,
  text,
  whole,
  within,
  words,
  wrongType,
} from "../value/options.ts";
import type { AuthorityOptions } from "./authorities.ts";
import { Denials } from "./denials.ts";
import { actorWithoutId } from "./errors.ts";
import type { SubscribeOptions } from "./events.ts";
import type { Question } from "./explain.ts";
import type { HealthOptions } from "./health.ts";
import type { CloseOptions, HostOptions } from "./host.ts";
import type { InspectOptions } from "./inspection/options.ts";
import { type LimitOptions, limitReaders } from "./limit-options.ts";
import type { Grants } from "./plugins/grants.ts";
import type { EmitOptions } from "./plugins/hooks.ts";
import type { PluginOptions } from "./plugins/plugin.ts";
import type { QuotaOptions } from "./quotas/quota.ts";
import type { CallOptions, IoOptions, RunOptions } from "./run-options.ts";
import type { SessionOptions, SessionRunOptions } from "./session.ts";
import type { TypesOptions } from "./stubs.ts";
import type { Tracing } from "./telemetry/tracing.ts";
import { PermissionTrace } from "./trace.ts";
import type { WorkerOptions } from "./workers.ts";

const actorFields = { id: words, meta: mapping };

const actor: Reader<NonNullable<AuthorityOptions["actor"]>> = (given, name) => {
  if (typeof given === "string" && given !== "") return given;
  if (typeof given !== "object" || given === null) throw wrongType(name, "an id, or { id, meta }", given);
  const { id } = readOptions(given, actorFields, name);
  if (id === undefined) throw new TypeError(actorWithoutId(name));
  return given as { id: string };
};

const authority = { actor, groups: names, policies: names } satisfies Readers<AuthorityOptions>;

const isolation = oneOf("shared", "worker");

const callOptions = {
  ...authority,
  ...(limitReaders satisfies Readers<LimitOptions>),
  isolation,
  context: mapping,
  signal,
  print: callback,
  trace: checked<PermissionTrace>("a PermissionTrace", (given) => given instanceof PermissionTrace),
  denials: checked<Denials>("a Denials", (given) => given instanceof Denials),
  interruptible: flag,
  limits: misplaced('limits are options of their own, beside the others: { timeout: "50ms" }'),
};
callOptions satisfies Readers<CallOptions>;

const runOptions = {
  ...callOptions,
  name: words,
  root: words,
  fileRead: callback,
  io: within({
    input: checked<AsyncIterable<Uint8Array>>(
      "something to read from, such as a stream",
      (given) => typeof (given as AsyncIterable<Uint8Array> | null)?.[Symbol.asyncIterator] === "function",
    ),
    error: callback,
  } satisfies Readers<IoOptions>),
  args: items,
  results: oneOf("values", "shown", "plain", "inspected"),
};
runOptions satisfies Readers<RunOptions>;

const sessionOptions = {
  ...callOptions,
  io: runOptions.io,
  root: runOptions.root,
  fileRead: runOptions.fileRead,
  libraries: checked<ReadonlyMap<string, Library>>("a Map of libraries", (given) => given instanceof Map),
};
sessionOptions satisfies Readers<SessionOptions>;

const sessionRunOptions = {
  name: words,
  args: items,
  results: runOptions.results,
  signal,
  interrupt: callback,
  interruptible: flag,
};
sessionRunOptions satisfies Readers<SessionRunOptions>;

const modules = checked<never>(
  "an array of modules, as defineModule makes them",
  (given) => Array.isArray(given) && given.every((one) => typeof one?.name === "string" && Array.isArray(one.members)),
);

const workerOptions = {
  max: whole(1),
  perPlugin: whole(1),
  maxQueued: whole(0),
  maxWait: duration("above zero"),
  spares: whole(0),
  reuse: flag,
  script: checked<string | URL>("a path, or a file: URL", (given) => isPath(given)),
} satisfies Readers<WorkerOptions>;

const isPath = (given: unknown): boolean =>
  (typeof given === "string" && given !== "") || (given instanceof URL && given.protocol === "file:");

const hostOptions = {
  modules,
  env: mapping,
  print: callback,
  audit: callback,
  log: callback,
  limits: within(limitReaders),
  isolation,
  compile: flag,
  workers: within(workerOptions),
  stores: oneOf("real", "memory"),
  metrics: flag,
  tracing: checked<Tracing>("what openTelemetry() makes", (given) => typeof (given as Tracing)?.begin === "function"),
} satisfies Readers<HostOptions>;

const permissions: Reader<NonNullable<Grants["permissions"]>> = checked(
  "an array of { actions, resources }",
  Array.isArray,
);
const granted = {
  permissions,
  groups: names,
  policies: names,
  modules: names,
  kinds: names,
  files: names,
  servers: names,
  env: names,
};
granted satisfies Readers<Grants>;

const grants: Reader<"all" | Grants> = (given, name) => {
  if (given === "all") return given;
  if (typeof given !== "object")
    throw wrongType(name, `"all", or an object with ${Object.keys(granted).join(", ")}`, given);
  return readOptions(given, granted, name) as Grants;
};

const quotaOptions = {
  runs: whole(1),
  cpuPerMinute: duration("above zero"),
  storeOperationsPerMinute: whole(1),
  keptBytes: size(1),
  keptKeys: whole(1),
} satisfies Readers<QuotaOptions>;

const pluginOptions = {
  grants,
  limits: within(limitReaders),
  quotas: within(quotaOptions),
  isolation,
  dataFolder: words,
  codeBytes: size(1),
  storeBytes: size(1),
  failures: whole(1),
  cooldown: duration("above zero"),
} satisfies Readers<PluginOptions>;

const emitOptions = { timeout: duration("above zero"), context: mapping, signal } satisfies Readers<EmitOptions>;
const subscribeOptions = { kind: words } satisfies Readers<SubscribeOptions>;
const question = { ...authority, action: words, resource: words, attributes: mapping } satisfies Readers<Question>;
const closeOptions = { drain: flag, timeout: duration("zero") } satisfies Readers<CloseOptions>;
const inspectOptions = {
  ...authority,
  port: whole(0, 65_535),
  write: flag,
  timeout: limitReaders.timeout,
} satisfies Readers<InspectOptions>;
const typesOptions = { modules } satisfies Readers<TypesOptions>;
const healthOptions = { timeout: duration("above zero"), write: flag };

// Each checks the options of one call, and gives them as they were read. @throws TypeError, RangeError

type Given<T> = (given: unknown) => T;

export const readHostOptions: Given<HostOptions> = (given) =>
  readOptions(given, hostOptions, "Host.open") as HostOptions;
export const readCallOptions: Given<CallOptions> = (given) =>
  readOptions(given, callOptions, "host.call") as CallOptions;
export const readRunOptions: Given<RunOptions> = (given) => readOptions(given, runOptions, "host.run") as RunOptions;
/** Times and amounts as numbers. */
export type ReadPluginOptions = Read<typeof pluginOptions>;
export const readPluginOptions: Given<ReadPluginOptions> = (given) => readOptions(given, pluginOptions, "plugins.load");
export const readEmitOptions: Given<Read<typeof emitOptions>> = (given) =>
  readOptions(given, emitOptions, "hooks.emit");
export const readSubscribeOptions: Given<SubscribeOptions> = (given) =>
  readOptions(given, subscribeOptions, "events.subscribe");
export const readSessionOptions: Given<SessionOptions> = (given) =>
  readOptions(given, sessionOptions, "host.session") as SessionOptions;
export const readSessionRunOptions: Given<SessionRunOptions> = (given) =>
  readOptions(given, sessionRunOptions, "session.run") as SessionRunOptions;

export const readCloseOptions: Given<Read<typeof closeOptions>> = (given) =>
  readOptions(given, closeOptions, "host.close");
export const readQuestion: Given<Question> = (given) =>
  readOptions(given, question, "host.explain") as unknown as Question;
export const readHealthOptions: Given<HealthOptions> = (given) => readOptions(given, healthOptions, "host.health");

export const readInspectOptions: Given<InspectOptions> = (given) =>
  readOptions(given, inspectOptions, "host.inspect") as InspectOptions;

export const readTypesOptions: Given<TypesOptions> = (given) =>
  readOptions(given, typesOptions, "writeTypes") as TypesOptions;

/** The arguments that stand before the options. @throws TypeError */
export const readText: (given: unknown, name: string) => string = text;
export const readFunction: (given: unknown, name: string) => unknown = callback;
export const readList: (given: unknown, name: string) => readonly unknown[] = items;
