import "./tools/fengari.mjs";
import "./tools/page.mjs";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** What scripts see is the same wherever they run, so the tests of that run in a thread, too. */
const seenByScripts = [
  "test/modules/*.test.ts",
  "test/host/host.test.ts",
  "test/host/limits.test.ts",
  "test/host/neighbours.test.ts",
  "test/host/standard-streams.test.ts",
  "test/host/revocation.test.ts",
];
/** These open a host for each of hundreds of cases. */
const inOneIsolation = ["test/modules/*.property.test.ts"];

export default defineConfig({
  test: {
    testTimeout: 60_000, // a machine that does much else at the same time is several times as slow
    maxWorkers: Math.max(2, availableParallelism() - 1), // many files wait for timers and for processes
    globalSetup: ["test/support/install-folder.ts"],
    projects: [
      { extends: true, test: { name: "shared", include: ["test/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "worker",
          include: seenByScripts,
          exclude: inOneIsolation,
          env: { ISOLATION: "worker" },
        },
      },
    ],
  },
});
