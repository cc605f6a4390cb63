/**
 * moonkeep for a Node program: run Lua scripts against the stores and policies of a registry.
 *
 * Errors: what a caller handles is a MoonkeepError with a kind. A mistake against this API is a TypeError or RangeError.
 */

// Errors, as they come out of every call.
export {
  CanceledError,
  type ErrorOptions,
  type Frame,
  type Kind,
  type Limit,
  LimitError,
  MoonkeepError,
} from "./errors.ts";
export type { AuditEvent, AuditSink } from "./host/audit.ts";
export type { HostEvent, HostEvents, HostSubscription, SubscribeOptions } from "./host/events.ts";
export type { Health } from "./host/health.ts";
// The host: opens a registry, runs scripts, lends stores.
export { Host, type HostOptions } from "./host/host.ts";
export type { LimitOptions } from "./host/limit-options.ts";
// Plugins, and the hooks that they subscribe to.
export type { Grant, Grants } from "./host/plugins/grants.ts";
export type { EmitOptions, HookReport, Hooks } from "./host/plugins/hooks.ts";
export type { PluginInfo, PluginOptions } from "./host/plugins/plugin.ts";
export type { Plugins } from "./host/plugins/plugins.ts";
export type { CallOptions, Isolation, LogRecord, LogSink, RunOptions, RunResult } from "./host/run.ts";
export { type Asked, PermissionTrace } from "./host/trace.ts";
export type { WorkerOptions } from "./host/workers.ts";
// Modules of your own: functions and handles that scripts can use.
export { boolean, bytes, data, integer, number, optional, type Param, rest, text } from "./lua/boundary/arg.ts";
export { defineHandle, type HandleOptions } from "./lua/boundary/handle.ts";
export { defineModule, fn, type Module, many, plain } from "./lua/boundary/module.ts";
export type { LuaFunction } from "./lua/run/outside.ts";
export type { Call } from "./modules/call.ts";
export { RegistryError } from "./registry/errors.ts";
export type { Problem } from "./registry/problem.ts";
export {
  HostStore,
  type ListOptions,
  type PutOptions,
  type SetOptions,
  type StoreEntry,
  type StorePage,
} from "./stores/host-store.ts";

// Values that JavaScript has no type for: a float that looks like an integer.
export { Float } from "./value/value.ts";
