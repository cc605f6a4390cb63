/**
 * moonkeep next to everything that one could use instead, in one run.
 *
 *   npm run bench                      all suites: about half an hour
 *   npm run bench -- store cpu         some of them
 *   npm run bench -- --quick           fewer rounds, for a first look
 *
 * Packages that it compares with are installed into bench/ alone; of lua5.3, luajit, redis-server and nginx it takes
 * what is on the machine, and says what it leaves out. Tables and pictures go to bench/results/.
 */
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { describeGoal, markdownTable, write } from "./harness/report.mjs";
import { installPeers } from "./peers.mjs";

const suites = ["store", "expiry", "cpu", "startup", "suspend", "small"];
const words = process.argv.slice(2);
const quick = words.includes("--quick");
const wanted = words.filter((word) => word !== "--quick");
const unknown = wanted.find((name) => !suites.includes(name));
if (unknown !== undefined) {
  console.error(`there is no suite "${unknown}"; the suites are ${suites.join(", ")}`);
  process.exit(2);
}

const machine = {
  date: new Date().toISOString().slice(0, 10),
  cpu: `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}`,
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  system: `${process.platform} ${process.arch} ${release()}`,
  node: process.version,
  moonkeep: JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version,
};

installPeers(); // before anybody asks which engines there are

for (const name of wanted.length > 0 ? wanted : suites) {
  const suite = await import(`./suites/${name}.mjs`);
  console.log(`\n## ${suite.title}\n`);
  const result = { title: suite.title, quick, ...(await suite.run({ quick })) };
  for (const table of result.tables) console.log(`${markdownTable(table)}\n`);
  for (const goal of result.goals) console.log(describeGoal(goal));
  if (!quick) await write(name, result, machine);
}
