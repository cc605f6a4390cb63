/** What scripts see when PostgreSQL fails: the suite that every server passes. */

import { Client } from "pg";
import { describe, onTestFinished } from "vitest";
import { faults } from "../contract/faults.ts";
import { Cluster, serverPrograms } from "../support/postgres-cluster.ts";
import { leftOut } from "../support/services.ts";

const programs = serverPrograms();

/** A cluster of the test's own, not started yet. */
async function own(): Promise<Cluster> {
  const cluster = await Cluster.make(programs!);
  onTestFinished(() => cluster.remove());
  return cluster;
}

/** The user `guarded` needs the password `right`. */
async function guarded(): Promise<Cluster> {
  const cluster = await own();
  const { start } = cluster;
  cluster.start = async () => {
    await start.call(cluster);
    const client = new Client({ host: "127.0.0.1", port: cluster.port, user: "postgres" });
    await client.connect();
    await client.query("CREATE ROLE guarded LOGIN SUPERUSER PASSWORD 'right'");
    await client.end();
  };
  return cluster;
}

if (programs === undefined) leftOut("PostgreSQL's programs");
else {
  describe("a store in PostgreSQL", () => {
    faults({
      called: "postgres",
      own,
      guarded,
      entries: (port, timeout, password) => [
        {
          ...{ name: "db", kind: "db.sql.postgres", host: "127.0.0.1", port, database: "postgres", timeout },
          ...(password === undefined ? { username: "postgres" } : { username: "guarded", password }),
        },
        { name: "cache", kind: "store.sql", database: "db", table_name: "cache" },
      ],
    });
  });
}
