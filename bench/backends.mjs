/**
 * What does a store that lasts cost from Lua, next to its raw client library doing the same?
 *
 *   npm run build && node bench/backends.mjs
 *
 * PostgreSQL is measured where MOONKEEP_TEST_POSTGRES names a database, in which it makes two tables and drops them;
 * Redis where MOONKEEP_TEST_REDIS names one, in which it makes keys under two prefixes and removes them.
 *
 * Each backend does the same work twice: scripts through the store API, and JavaScript with the client alone, with the
 * same bytes. What the script does beside (starting, making keys) is measured and taken off. With 64 scripts at once, the client has 64 operations under way, too. The two take turns, several rounds
 * in one process, and the fastest of each counts. Read the ratios.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import pg from "pg";
import { Host } from "../dist/index.js";
import { RedisNames } from "../dist/stores/redis/names.js";
import { writeRecord } from "../dist/stores/redis/record.js";
import { writeScript } from "../dist/stores/redis/scripts.js";
import { sqliteLibrary } from "../dist/stores/sqlite/library.js";
import { encode } from "../dist/value/codec.js";
import { ByteString } from "../dist/value/value.js";

const IN_PROCESS = { keys: 10_000, operations: 20_000 }; // operations: a round, over all scripts
const OVER_A_SOCKET = { keys: 1_000, operations: 2_000 };
const ROUNDS = 7;
const postgres = process.env.MOONKEEP_TEST_POSTGRES;
const redis = process.env.MOONKEEP_TEST_REDIS;
const CONNECTIONS = 10;
const bytes = encode(ByteString.fromText("x".repeat(100)));

const folder = mkdtempSync(join(tmpdir(), "moonkeep-bench-"));

/** A backend: entries of a registry, and the raw client with `get(key)` and `set(key)`, now or later. */
const backends = [
  {
    name: "SQLite",
    amount: IN_PROCESS,
    entries: [
      { name: "db", kind: "db.sql.sqlite", file: "store.db" },
      { name: "kv", kind: "store.sql", database: "db", table_name: "kv" },
    ],
    openRaw() {
      const db = new (sqliteLibrary().DatabaseSync)(join(folder, "raw.db"));
      db.exec("PRAGMA busy_timeout = 10; PRAGMA journal_mode = WAL; PRAGMA synchronous = normal");
      db.exec(
        "CREATE TABLE kv (key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL, expires_at REAL, version TEXT NOT NULL) WITHOUT ROWID",
      );
      const get = db.prepare("SELECT value, expires_at FROM kv WHERE key = ?");
      const set = db.prepare(
        "INSERT INTO kv VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, " +
          "expires_at = excluded.expires_at, version = excluded.version",
      );
      let writes = 0; // SQLite writes nothing where a row stays as it is
      return {
        get: (key) => get.get(Buffer.from(key)).value,
        set: (key) => set.run(Buffer.from(key), bytes, null, `abcdefghijklmnop.${(++writes).toString(36)}`),
        close: () => db.close(),
      };
    },
  },
  postgres !== undefined && {
    name: "PostgreSQL",
    amount: OVER_A_SOCKET,
    entries: [
      { name: "db", kind: "db.sql.postgres", url: postgres, pool: { max: CONNECTIONS } },
      { name: "kv", kind: "store.sql", database: "db", table_name: "moonkeep_bench" },
    ],
    async openRaw() {
      // The same promise: no operation takes longer than five seconds.
      const timeouts = { connectionTimeoutMillis: 5000, query_timeout: 5000, statement_timeout: 5000 };
      const db = new pg.Pool({ connectionString: postgres, max: CONNECTIONS, ...timeouts });
      const drop = "DROP TABLE IF EXISTS moonkeep_bench, moonkeep_bench_raw";
      await db.query(drop);
      await db.query(
        "CREATE TABLE moonkeep_bench_raw (key bytea PRIMARY KEY, value bytea NOT NULL, expires_at timestamptz, version text NOT NULL)",
      );
      const get = {
        name: "get",
        text: "SELECT value FROM moonkeep_bench_raw WHERE key = $1 AND (expires_at IS NULL OR expires_at > clock_timestamp())",
      };
      const set = {
        name: "set",
        text:
          "INSERT INTO moonkeep_bench_raw VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO UPDATE SET value = excluded.value, " +
          "expires_at = excluded.expires_at, version = excluded.version",
      };
      let writes = 0;
      const version = () => `abcdefghijklmnop.${(++writes).toString(36)}`;
      return {
        get: async (key) => (await db.query({ ...get, values: [Buffer.from(key)] })).rows[0].value,
        set: (key) => db.query({ ...set, values: [Buffer.from(key), Buffer.from(bytes), null, version()] }),
        async close() {
          await db.query(drop);
          await db.end();
        },
      };
    },
  },
  redis !== undefined && {
    name: "Redis",
    amount: OVER_A_SOCKET,
    entries: [
      { name: "db", kind: "db.redis", url: redis },
      { name: "kv", kind: "store.redis", database: "db", prefix: "bench" },
    ],
    /** The same GET, and the same script, by the client's own way of sending. */
    async openRaw() {
      const client = new Redis(redis, { commandTimeout: 5000 });
      const names = new RedisNames("bench-raw");
      await client.script("LOAD", writeScript.text);
      let writes = 0;
      return {
        get: (key) => client.getBuffer(names.entry(key)),
        set: (key) => {
          const record = writeRecord(bytes, `abcdefghijklmnop.${(++writes).toString(36)}`);
          return client.evalshaBuffer(writeScript.sha, 3, ...names.keys(key), Buffer.from(key), record, "", "");
        },
        async close() {
          for (const pattern of ["{bench}*", "{bench-raw}*"]) {
            const made = await client.keys(pattern);
            for (let at = 0; at < made.length; at += 1000) await client.unlink(made.slice(at, at + 1000));
          }
          client.disconnect();
        },
      };
    },
  },
].filter(Boolean);

const everything = [
  { name: "all", kind: "security.policy", policy: { actions: "*", resources: "*", effect: "allow" }, groups: ["all"] },
  { name: "host", kind: "host.config", security: { actor: { id: "bench" }, groups: ["all"] } },
];

const script = (operation) => `
  local first, count, keys = ...
  local s, value = require("store").get("app:kv"), ("x"):rep(100)
  for i = first, first + count - 1 do
    local k = "user:" .. (i * 7919) % keys
    ${operation}
  end`;
const operations = { get: "s:get(k)", set: "s:set(k, value)" };

async function measure({ name, amount, entries, openRaw }) {
  const { keys, operations: total } = amount;
  const registry = join(folder, "registry.yaml");
  writeFileSync(registry, JSON.stringify({ version: "1.0", namespace: "app", entries: [...entries, ...everything] }));
  const host = await Host.open(registry, { limits: { timeout: 0 } });
  const direct = await openRaw();
  await host.run(script(operations.set), { args: [0, keys, keys] });
  for (let i = 0; i < keys; i++) await direct.set(`user:${i}`);

  for (const [operation, code] of Object.entries(operations)) {
    for (const scripts of [1, 64]) {
      const count = Math.floor(total / scripts);
      const run = (operation) =>
        Promise.all(
          Array.from({ length: scripts }, (_, i) => host.run(script(operation), { args: [i * count, count, keys] })),
        );
      const client = () =>
        Promise.all(
          Array.from({ length: scripts }, async (_, i) => {
            for (let n = i * count; n < (i + 1) * count; n++) {
              const answer = direct[operation](`user:${(n * 7919) % keys}`);
              if (answer instanceof Promise) await answer;
            }
          }),
        );
      const times = { raw: [], lua: [], loop: [] };
      for (let round = 0; round < ROUNDS; round++) {
        times.raw.push(await timed(client));
        times.lua.push(await timed(() => run(code)));
        times.loop.push(await timed(() => run("")));
      }
      const raw = Math.min(...times.raw);
      const lua = Math.min(...times.lua) - Math.min(...times.loop);
      const rate = (ms) => Math.round(((count * scripts) / ms) * 1000).toLocaleString("en");
      const row = [name.padEnd(12), operation, String(scripts).padStart(3), "at once:"];
      console.log(
        `${row.join(" ")} ${rate(lua).padStart(9)} a second from Lua, ${rate(raw).padStart(9)} by the client, ` +
          `${(lua / raw).toFixed(2)} x`,
      );
    }
  }
  await direct.close();
  await host.close();
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

try {
  for (const backend of backends) await measure(backend);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
