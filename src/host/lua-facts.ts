/** What the Lua code of a host can reach, for `moonkeep check`: globals, libraries, modules, entries. Nothing is run. */
import type { Arity, Facts, Fields } from "../lint/facts.ts";
import type { Param } from "../lua/boundary/arg.ts";
import type { Module } from "../lua/boundary/module.ts";
import { modules } from "../modules/index.ts";
import type { Registry } from "../registry/registry.ts";
import { Host } from "./host.ts";

/** What the command gives a script beside what every state has. */
const ofTheCommand = ["arg", "io"];

/** @param path of the registry; undefined: there is none */
export async function luaFacts(path: string | undefined): Promise<Facts> {
  const options = { stores: "memory", print: () => {} } as const;
  await using host = path === undefined ? await Host.openDefault(options) : await Host.open(path, options);
  using session = host.session();
  const entries = path === undefined ? undefined : entriesOf(host.registry);
  const globals = session.names().map(({ name }) => name);
  const libraries = new Map<string, Fields>();
  for (const name of globals) {
    const fields = session.names([name]);
    if (fields.length > 0 && name !== "_G")
      libraries.set(name, new Map(fields.map((field) => [field.name, undefined])));
  }
  for (const module of modules) libraries.set(module.name, fieldsOf(module));
  return { globals: new Set([...globals, ...ofTheCommand]), libraries, entries };
}

const entriesOf = (registry: Registry): Facts["entries"] => new Map(registry.entries.map(({ id, kind }) => [id, kind]));

function fieldsOf({ members }: Module): Fields {
  const fields = new Map<string, Arity | undefined>();
  for (const { name, params } of members) {
    const [first = "", ...rest] = name.split(".");
    fields.set(first, rest.length > 0 || params === undefined ? undefined : arityOf(params));
  }
  return fields;
}

function arityOf(params: readonly (Param<unknown> & { readonly rest?: boolean })[]): Arity {
  const least = params.findLastIndex(({ optional }) => !optional) + 1;
  return { least, most: params.some(({ rest }) => rest === true) ? Number.POSITIVE_INFINITY : params.length };
}
