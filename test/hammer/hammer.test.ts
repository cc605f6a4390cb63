/**
 *   npm run hammer                      for ten minutes on each backend; HAMMER_MINUTES says otherwise
 *   HAMMER_SEED=123 npm run hammer      the same faults once more
 *
 * Without HAMMER_MINUTES it takes twenty seconds on each.
 */
import { join } from "node:path";
import { Client } from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Victim } from "../contract/faults.ts";
import { Cluster, serverPrograms } from "../support/postgres-cluster.ts";
import { hasProgram } from "../support/programs.ts";
import { ownRedis } from "../support/servers.ts";
import { leftOut } from "../support/services.ts";
import { freshFolder } from "../support/sqlite.ts";
import { Way } from "../support/way.ts";
import { type Backend, hammer } from "./hammering.ts";
import * as judges from "./judges.ts";
// @ts-expect-error: the processes run it as it is
import { RATE, WINDOW } from "./work.mjs";

const minutes = Number(process.env.HAMMER_MINUTES ?? 0);
const seconds = minutes > 0 ? minutes * 60 : 20;
const seed = Number(process.env.HAMMER_SEED ?? (minutes > 0 ? (Math.random() * 2 ** 31) | 0 : 1));

async function sqlite(): Promise<Backend> {
  const folder = freshFolder();
  return {
    entries: () => [
      { name: "db", kind: "db.sql.sqlite", file: join(folder, "store.db"), timeout: "1s" },
      { name: "store", kind: "store.sql", database: "db", table_name: "kv" },
    ],
    faults: {},
  };
}

/** What befalls a server, and the ways to it. */
function badDays(server: Victim, ways: readonly Way[]): Backend["faults"] {
  return {
    "the server is killed": async (wait) => {
      await server.kill();
      await wait(500);
      await server.start();
    },
    "the server stops": async (wait) => {
      server.freeze();
      await wait(1500);
      server.thaw();
    },
    "connections are cut": async () => {
      for (const way of ways) way.cut();
    },
    "connections are dead": async () => ways[0]!.pull(),
    "a reply is cut": async (wait) => {
      for (const way of ways) way.cutReplyAfter = 3;
      await wait(50);
    },
  };
}

const waysTo = (server: Victim) => Promise.all(Array.from({ length: 4 }, () => Way.to(server.port)));

async function redis(): Promise<Backend> {
  const server = await ownRedis();
  await server.start();
  const ways = await waysTo(server);
  return {
    entries: (number) => [
      { name: "db", kind: "db.redis", url: `redis://127.0.0.1:${ways[number % ways.length]!.port}`, timeout: "1s" },
      { name: "store", kind: "store.redis", database: "db", prefix: "hammer" },
    ],
    faults: badDays(server, ways),
  };
}

async function postgres(): Promise<Backend> {
  const cluster = await Cluster.make(serverPrograms()!);
  onTestFinished(() => cluster.remove());
  await cluster.start();
  const ways = await waysTo(cluster);
  return {
    entries: (number) => {
      const url = `postgres://postgres@127.0.0.1:${ways[number % ways.length]!.port}/postgres`;
      return [
        { name: "db", kind: "db.sql.postgres", url, timeout: "1s", pool: { max: 3 } },
        { name: "store", kind: "store.sql", database: "db", table_name: "hammer" },
      ];
    },
    faults: {
      ...badDays(cluster, ways),
      "the server ends the connections": async () => {
        const client = new Client({ host: "127.0.0.1", port: cluster.port, user: "postgres" });
        await client.connect();
        await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()");
        await client.end();
      },
    },
  };
}

function hammered(name: string, open: () => Promise<Backend>): void {
  it(`in ${name}`, { timeout: (seconds * 3 + 120) * 1000 }, async () => {
    const { record, faults, kept } = await hammer(await open(), seconds, seed);
    const judged = {
      ...judges.judgeKeys(record),
      ...judges.judgeTotal(record, kept.get("total")),
      ...judges.judgeRate(record, "rate", RATE),
      ...judges.judgeRate(record, "window", { ...WINDOW, burst: WINDOW.limit }),
      ...judges.judgeLocks(record),
      ...judges.judgeSections(record, kept),
      ...judges.judgeFetches(record),
    };
    if (process.env.HAMMER_SHOW !== undefined || minutes > 0) console.log(name, `HAMMER_SEED=${seed}`, faults, judged);
    // On a busy machine the time may be over before each fault had its turn.
    expect(Math.max(...Object.values(faults))).toBeGreaterThan(0);
    for (const count of Object.values({ ...judged, perhaps: 1, open: 1 })) expect(count).toBeGreaterThan(0);
  });
}

describe("a store that four processes use while everything fails is what one after the other would have made it", () => {
  hammered("SQLite", sqlite);
  if (hasProgram("redis-server")) hammered("Redis", redis);
  else leftOut("redis-server");
  if (serverPrograms() !== undefined) hammered("PostgreSQL", postgres);
  else leftOut("PostgreSQL's programs");
});
