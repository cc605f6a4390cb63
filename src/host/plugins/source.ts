/** A plugin as it lies in its folder: what it says of itself, and its registry, checked as a plugin's. */

import { join, resolve } from "node:path";
import type { FunctionConfig } from "../../kinds/function.ts";
import type { Module } from "../../lua/boundary/module.ts";
import type { Environment } from "../../registry/env.ts";
import { RegistryError } from "../../registry/errors.ts";
import type { Entry } from "../../registry/kind.ts";
import { inOrder, type Problem } from "../../registry/problem.ts";
import { nearestId, type Registry } from "../../registry/registry.ts";
import type { Bytes, Milliseconds } from "../../value/value.ts";
import { readRegistry } from "../open.ts";
import { actorsInPlugin, foreignNamespace, kindNotAskedFor, moduleNotAskedFor, securityInPlugin } from "./errors.ts";
import { type HookSubscription, type Manifest, REGISTRY } from "./manifest.ts";
import { problemsOfReach } from "./reach.ts";

/** Kinds of entries that any plugin may have: they reach nothing outside the plugin. */
const ownKinds: readonly string[] = ["function.lua", "library.lua", "store.memory"];
/** Kinds that no plugin may have: who acts, under which policies, is for the application to say. */
const neverKinds = /^(host\.|security\.)/;

/** A subscription, with the id of the function that is called. */
export interface Hook {
  readonly id: string;
  /** The hook: `order.created`. */
  readonly on: string;
  /** Lower ones are called first. */
  readonly priority: number;
  readonly timeout?: Milliseconds | undefined;
}

export interface PluginSource {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly registry: Registry;
  readonly hooks: readonly Hook[];
}

/** All code is compiled when it is loaded, while the host waits: about a second for a megabyte. */
const CODE_BYTES: Bytes = 1024 ** 2;

/** It is loaded in one step of the host. */
const MOST_ENTRIES = 1000;

/** What a plugin is read with. */
export interface Reading {
  /** How much code it may have, all together. Default: 1 MiB. */
  readonly codeBytes?: Bytes | undefined;
  /** The modules that every plugin may use. */
  readonly builtIn: ReadonlyMap<string, Module>;
  /** The environment of the application, of which a plugin sees the variables that it asks for. */
  readonly env: Environment;
}

/** The variables that a manifest asks for. */
export const environmentOf = ({ env: names }: Manifest, env: Environment): Environment =>
  Object.fromEntries(names.flatMap((name) => (Object.hasOwn(env, name) ? [[name, env[name]]] : [])));

/**
 * Reads a plugin.
 * @param path its folder
 * @param manifest what it says of itself. What it asks for is granted, or nothing is run.
 * @throws RegistryError with every problem
 */
export function readPlugin(
  path: string,
  manifest: Manifest,
  { builtIn, env: all, codeBytes = CODE_BYTES }: Reading,
): PluginSource {
  const folder = resolve(path);
  const env = environmentOf(manifest, all);
  const registry = readRegistry(join(folder, REGISTRY), env, {
    namable: new Set(manifest.env),
    codeBytes,
    mostEntries: MOST_ENTRIES,
  });
  const problems = registry.entries.flatMap((entry) => [
    ...problemOfNamespace(entry, manifest, registry),
    ...problemOfKind(entry, manifest, registry),
    ...problemsOfReach(entry, manifest, registry, env),
    ...problemsOfFunction(entry, manifest, registry, builtIn),
  ]);
  if (problems.length > 0) throw new RegistryError(inOrder(problems));
  return { folder, manifest, registry, hooks: manifest.hooks.map((hook, i) => toHook(hook, i, manifest, registry)) };
}

function problemOfNamespace(entry: Entry, { name }: Manifest, registry: Registry): Problem[] {
  if (entry.namespace === name || entry.namespace.startsWith(`${name}.`)) return [];
  return [registry.problem(entry, [], foreignNamespace(name, name, entry.namespace))];
}

function problemOfKind(entry: Entry, { kinds, name }: Manifest, registry: Registry): Problem[] {
  const { kind } = entry;
  if (neverKinds.test(kind)) {
    return [registry.problem(entry, ["kind"], actorsInPlugin(name))];
  }
  if (ownKinds.includes(kind) || kinds.includes(kind)) return [];
  return [registry.problem(entry, ["kind"], kindNotAskedFor(kind))];
}

function problemsOfFunction(
  entry: Entry,
  manifest: Manifest,
  registry: Registry,
  builtIn: ReadonlyMap<string, Module>,
): Problem[] {
  if (entry.kind !== "function.lua" && entry.kind !== "library.lua") return [];
  const { modules = [], security } = entry.config as FunctionConfig;
  const problems = modules.flatMap((module, i) =>
    builtIn.has(module) || manifest.modules.includes(module)
      ? []
      : [registry.problem(entry, ["modules", i], moduleNotAskedFor(module))],
  );
  if (security === undefined) return problems;
  return [...problems, registry.problem(entry, ["security"], securityInPlugin)];
}

function toHook({ call, ...hook }: HookSubscription, i: number, manifest: Manifest, registry: Registry): Hook {
  const id = call.includes(":") ? call : `${manifest.name}:${call}`;
  if (registry.get(id)?.kind === "function.lua") return { ...hook, id };
  const functions = registry.find({ kind: "function.lua" }).map((entry) => entry.id);
  const close = nearestId(id, functions);
  const message = `there is no function "${id}"${close === undefined ? "" : `; did you mean "${close}"?`}`;
  throw new RegistryError([manifest.problem(["hooks", i, "call"], message)]);
}
