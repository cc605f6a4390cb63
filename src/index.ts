/**
 * moonkeep for a Node program: run Lua scripts against the stores and policies of a registry. docs/javascript.md is the
 * guide.
 *
 * Errors: what a caller handles is a MoonkeepError with a kind. A mistake against this API is a TypeError or RangeError.
 */
// biome-ignore-all assist/source/organizeImports: grouped by what they are for

// The host: opens a registry, runs scripts, lends stores.
export { type CloseOptions, Host, type HostOptions } from "./host/host.ts";
export type { CallOptions, IoOptions, Isolation, RunOptions, RunResult } from "./host/run-options.ts";
export type { Run } from "./host/runs.ts";
export type { LogRecord, LogSink } from "./host/log.ts";
export type { Session, SessionOptions, SessionRunOptions } from "./host/session.ts";
export type { AuthorityOptions } from "./host/authorities.ts";
export type { LimitOptions } from "./host/limit-options.ts";
export type { WorkerOptions } from "./host/workers.ts";
export type { InspectOptions, Inspector } from "./host/inspection/options.ts";
export type { Health, HealthQuestion } from "./host/health.ts";
export type {
  HistogramSample,
  Labels,
  Metric,
  MetricName,
  MetricsSnapshot,
  NumberSample,
} from "./host/telemetry/catalog.ts";
export type { Outcome, RunEnded, RunStarted } from "./host/telemetry/recorder.ts";
export type { Span, SpanKind, Tracing } from "./host/telemetry/tracing.ts";
export type { LuaFunction } from "./lua/run/outside.ts";
export type { Name } from "./lua/run/names.ts";
export type { Results } from "./lua/run/results.ts";

// Errors, as they come out of every call.
export {
  CanceledError,
  type ErrorOptions,
  type Frame,
  type Kind,
  type LazyStack,
  LimitError,
  MoonkeepError,
} from "./errors.ts";
export type { Limit } from "./limits.ts";
export { RegistryError } from "./registry/errors.ts";
export type { Place, Problem } from "./registry/problem.ts";

// Stores, and values that JavaScript has no type for: a float that looks like an integer.
export { HostStore } from "./stores/host-store.ts";
export type {
  ClearOptions,
  DeleteOptions,
  EachOptions,
  IncrementOptions,
  ListOptions,
  PutOptions,
  RateOptions,
  RateResult,
  SetOptions,
  StoreEntry,
  StoreFetchOptions,
  StoreLockOptions,
  StorePage,
  UpdateOptions,
} from "./stores/host-store-options.ts";
export type { StoreLock } from "./stores/lock.ts";
export type { Traits } from "./stores/store.ts";
export { type Bytes, Float, type Milliseconds } from "./value/value.ts";

// Modules of your own: functions and handles that scripts can use.
export { type Decoded, defineModule, fn, type Member, type Module, many, plain } from "./lua/boundary/module.ts";
export {
  type Class,
  defineHandle,
  type HandleDescription,
  type HandleOptions,
  type MethodOf,
  type Methods,
  type ParamsFor,
} from "./lua/boundary/handle.ts";
export { type TypesOptions, type WrittenTypes, writeTypes } from "./host/stubs.ts";
export type { Arg, Param } from "./lua/boundary/arg.ts";
export type { HostFunction, Mode } from "./lua/boundary/function.ts";
export type { LogLevel, LogLine, ModuleCall, Permission } from "./modules/call.ts";
export * as param from "./param.ts";

// Policies: questions about them, the audit stream, traces.
export type { AccessExplanation, ConditionExplanation, PolicyExplanation, Question } from "./host/explain.ts";
export type { Remedy } from "./host/remedy.ts";
export type { Actor, Attributes, Data } from "./security/actor.ts";
export type { AuditEvent, AuditSink } from "./host/audit.ts";
export { type Denial, Denials } from "./host/denials.ts";
export { type Asked, PermissionTrace } from "./host/trace.ts";

// Plugins, the hooks that they subscribe to, and events.
export type { Plugins } from "./host/plugins/plugins.ts";
export type { PluginInfo, PluginOptions } from "./host/plugins/plugin.ts";
export type { QuotaOptions } from "./host/quotas/quota.ts";
export type { Grant, Grants } from "./host/plugins/grants.ts";
export type { AskedPermission } from "./host/plugins/manifest.ts";
export type { Hook } from "./host/plugins/source.ts";
export type { EmitOptions, HookReport, Hooks } from "./host/plugins/hooks.ts";
export type { HostEvent, HostEvents, HostSubscription, SubscribeOptions } from "./host/events.ts";

// What was read: the entries of a registry.
export type { Registry } from "./registry/registry.ts";
export type { Entry } from "./registry/kind.ts";
export type { Data as RegistryData } from "./registry/data.ts";
export type { Path } from "./registry/problem.ts";
