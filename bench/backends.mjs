/**
 * What does a store that lasts cost from Lua, next to its raw client library doing the same?
 *
 *   npm run build && node bench/backends.mjs
 *
 * Each backend does the same work twice: scripts through the store API, and JavaScript with the client alone, with the
 * same bytes. What the script does beside (starting, making keys) is measured and taken off. With 64 scripts at once, the client has 64 operations under way, too. The two take turns, several rounds
 * in one process, and the fastest of each counts. Read the ratios.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Host } from "../dist/index.js";
import { sqliteLibrary } from "../dist/stores/sqlite-library.js";
import { encode } from "../dist/value/codec.js";
import { ByteString } from "../dist/value/value.js";

const KEYS = 10_000;
const OPERATIONS = 20_000; // a round, over all scripts
const ROUNDS = 7;
const bytes = encode(ByteString.fromText("x".repeat(100)));

const folder = mkdtempSync(join(tmpdir(), "moonkeep-bench-"));

/** A backend: entries of a registry, and the raw client with `get(key)` and `set(key)`, now or later. */
const backends = [
  {
    name: "SQLite",
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
];

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

async function measure({ name, entries, openRaw }) {
  const registry = join(folder, "registry.yaml");
  writeFileSync(registry, JSON.stringify({ version: "1.0", namespace: "app", entries: [...entries, ...everything] }));
  const host = await Host.open(registry, { limits: { timeout: 0 } });
  const direct = await openRaw();
  await host.run(script(operations.set), { args: [0, KEYS, KEYS] });
  for (let i = 0; i < KEYS; i++) await direct.set(`user:${i}`);

  for (const [operation, code] of Object.entries(operations)) {
    for (const scripts of [1, 64]) {
      const count = Math.floor(OPERATIONS / scripts);
      const run = (operation) =>
        Promise.all(
          Array.from({ length: scripts }, (_, i) => host.run(script(operation), { args: [i * count, count, KEYS] })),
        );
      const client = () =>
        Promise.all(
          Array.from({ length: scripts }, async (_, i) => {
            for (let n = i * count; n < (i + 1) * count; n++) {
              const answer = direct[operation](`user:${(n * 7919) % KEYS}`);
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
