/** What a registry entry can be: one line each. */
import type { Kind } from "../registry/kind.ts";
import { dbPostgres } from "./db-postgres.ts";
import { dbRedis } from "./db-redis.ts";
import { dbSqlite } from "./db-sqlite.ts";
import { envStorageMemory, envStorageOs, envStorageStatic, envVariable } from "./env.ts";
import { functionLua, libraryLua } from "./function.ts";
import { hostConfig } from "./host-config.ts";
import type { Opened, Opening } from "./opened.ts";
import { securityPolicy, securityPolicyExpr } from "./policy.ts";
import { storeMemory } from "./store-memory.ts";
import { storeRedis } from "./store-redis.ts";
import { storeSql } from "./store-sql.ts";

export const kinds: readonly Kind<unknown, Opening, Opened>[] = [
  functionLua,
  envStorageMemory,
  envStorageOs,
  envStorageStatic,
  envVariable,
  hostConfig,
  libraryLua,
  securityPolicy,
  securityPolicyExpr,
  storeMemory,
  dbSqlite,
  dbPostgres,
  storeSql,
  dbRedis,
  storeRedis,
];

const later = (name: string, instead = "") => `the kind "${name}" is not offered yet${instead}`;

/** Kinds that registries written for this system may have and that can't be used, with what to do instead. */
export const unavailable: Readonly<Record<string, string>> = {
  "store.kv.raft": later("store.kv.raft", "; store.redis and store.sql serve where it would"),
  "store.kv.crdt": later("store.kv.crdt", "; store.redis and store.sql serve where it would"),
  "env.storage.file": later("env.storage.file", "; env.storage.os, env.storage.static and env.storage.memory are"),
  "env.storage.router": later("env.storage.router", "; a variable names one storage, and has a default"),
};
