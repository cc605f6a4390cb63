/** What a registry entry can be: one line each. */
import type { Kind } from "../registry/kind.ts";
import { hostConfig } from "./host-config.ts";
import type { Opened, Opening } from "./opened.ts";
import { securityPolicy, securityPolicyExpr } from "./policy.ts";
import { storeMemory } from "./store-memory.ts";

export const kinds: readonly Kind<unknown, Opening, Opened>[] = [
  hostConfig,
  securityPolicy,
  securityPolicyExpr,
  storeMemory,
];

const later = (name: string, instead = "") => `the kind "${name}" is not offered yet${instead}`;

/** Kinds that registries written for this system may have and that can't be used, with what to do instead. */
export const unavailable: Readonly<Record<string, string>> = {
  "store.sql": later("store.sql", "; store.memory is"),
  "store.redis": later("store.redis", "; store.memory is"),
  "store.kv.raft": later("store.kv.raft", "; store.redis and store.sql will serve where it would"),
  "store.kv.crdt": later("store.kv.crdt", "; store.redis and store.sql will serve where it would"),
  "db.sql.sqlite": later("db.sql.sqlite"),
  "db.sql.postgres": later("db.sql.postgres"),
  "db.redis": later("db.redis"),
  "function.lua": later("function.lua", '; a script is run by its file: "moonkeep run script.lua"'),
  "library.lua": later("library.lua"),
};
