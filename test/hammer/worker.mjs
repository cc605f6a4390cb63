// A process of its own that uses a store with many others until its time is over, or it is killed. What it asks and what
// it is told goes to a file, line by line, before and after each call: a call that is never answered stands there, too.
// Usage: node worker.mjs '{"registry", "log", "name", "end"}', `end` in the nanoseconds of process.hrtime
import { openSync, writeSync } from "node:fs";
import { setImmediate, setTimeout } from "node:timers/promises";
import { Host } from "../../dist/index.js";
import { counters, fetches, locks, registers, totals } from "./work.mjs";

const { registry, log, name, end } = JSON.parse(process.argv[2]);
const file = openSync(log, "a");
const write = (record) => writeSync(file, `${JSON.stringify(record)}\n`);
/** Microseconds: a number holds them exactly for as long as any machine runs. */
const now = () => Number(process.hrtime.bigint() / 1000n);
const host = await Host.open(registry);
const store = host.store("app:store");
let calls = 0;

/** What a server that is away, or slow, is an excuse for. */
const isPassing = (e) => e.kind === "UNAVAILABLE" || e.kind === "TIMEOUT";

/** One of those who do one thing after the other. */
class Lane {
  constructor(number) {
    this.process = `${name}.${number}`;
    this.store = store;
    this.values = 0;
    this.known = new Map();
  }

  /** A value that nobody else ever writes. */
  fresh() {
    return `${this.process}.${++this.values}`;
  }

  /** Keys change with the time, the same for all, so that what nobody knows of troubles the later ones no more. */
  get epoch() {
    return Math.floor(now() / 1_000_000);
  }

  note(record) {
    write({ process: this.process, at: now(), ...record });
  }

  /**
   * @param refusals what an error's kind is as an answer
   * @param more what is known of the call when it is over
   * @returns the answer; undefined where it failed
   */
  async ask(keys, call, work, { refusals = {}, more = () => ({}), answerOf = (answer) => answer } = {}) {
    const id = `${name}#${++calls}`;
    write({ id, process: this.process, keys, call, from: now() });
    try {
      const answer = await work();
      write({ id, to: now(), answer: answerOf(answer), more: more() });
      return answer;
    } catch (e) {
      const refusal = refusals[e.kind];
      if (refusal !== undefined) write({ id, to: now(), answer: refusal, more: more() });
      else if (isPassing(e)) write({ id, failed: e.message, uncertain: e.details?.uncertain === true, more: more() });
      else throw e;
      return undefined;
    }
  }
}

/** Does one thing after the other, with pauses of up to so many milliseconds. */
async function run(work, number, most) {
  const lane = new Lane(number);
  while (now() < end / 1000) {
    await work(lane);
    await (most > 0 ? setTimeout(Math.random() * most) : setImmediate()); // a store may answer at once: others have turns
  }
}

try {
  const lanes = [
    [registers, 4],
    [registers, 4],
    [counters, 4],
    [counters, 4],
    [locks, 4],
    [fetches, 4],
    [totals, 0],
  ];
  await Promise.all(lanes.map(([work, most], i) => run(work, i, most)));
  await host.close();
  write({ ended: name });
} catch (e) {
  write({ broken: e.stack ?? String(e), process: name, text: String(e.cause ?? "") });
  process.exit(1);
}
