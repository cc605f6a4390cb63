/** A thread that a script has taken over: it can run any JavaScript, has the line to the host, and says what it likes. */
import { workerData } from "node:worker_threads";

const { port, signals } = workerData;
const MiB = 1024 * 1024;

const say = (...message) => port.postMessage(message);
const large = () => "x".repeat(50 * MiB);
/** As many as that: 5 GB. */
const GIGABYTES = 100;
const ask = (call, args) => say("ask", call, { target: "doors", member: "open", args });

/** What is shared in a message is sent once, and arrives as often as it is named. */
function shared(parts, times) {
  const table = [parts];
  for (let i = 0; i < parts; i++) table.push(i);
  return new Array(times).fill(table);
}

const attacks = {
  "gigabytes of results": () => {
    const s = large();
    for (let i = 0; i < GIGABYTES; i++) say("done", [s], 0);
  },
  "gigabytes after it was found out": () => {
    say("nonsense");
    const s = large();
    for (let i = 0; i < GIGABYTES; i++) say("print", s);
    for (;;) say("print", s.slice(0, MiB)); // until it is ended
  },
  "more text than it may have": () => ask(1, [large()]),
  "more text than it may have, in parts": () => ask(1, [[1000, ...new Array(1000).fill("x".repeat(MiB))]]),
  "one table a hundred thousand times": () => ask(1, shared(10_000, 100_000)),
  "one table a hundred thousand times as results": () => say("done", shared(10_000, 100_000), 0),
  "tables that double": () => {
    let table = [1, 1];
    for (let i = 0; i < 19; i++) table = [2, table, table];
    ask(
      1,
      new Array(10_000).fill(0).map(() => [...table]),
    );
  },
  "a long error": () => say("failed", { kind: "INVALID", message: large(), context: [] }, 0, true),
  "an error of long places": () =>
    say(
      "failed",
      { kind: "INVALID", message: "m", context: [], frames: new Array(64).fill({ source: large() }) },
      0,
      true,
    ),
  "a long reason": () => say("broke", large()),
  "a chain of errors at many places": () => {
    let error = { kind: "", message: "", context: [] };
    for (let i = 0; i < 500; i++) error = { kind: "", message: "", context: [], details: { error } };
    say("done", [[90_000, ...new Array(90_000).fill({ error })]], 0);
  },
  "an error with a long text at many places of its details": () => {
    const text = [1, "\xe9".repeat(MiB)];
    say("failed", { kind: "", message: "", context: [], details: [9000, ...new Array(9000).fill(text)] }, 0, true);
  },
  "a reason that is deep": () => {
    let deep = [];
    for (let i = 0; i < 5000; i++) deep = [deep];
    say("broke", deep);
  },
  "output that it goes on writing to": () => say("print", new Uint8Array(new SharedArrayBuffer(10))),
  "more output than it may have": () => say("print", new Uint8Array(50 * MiB)),
  "arguments with holes": () => ask(1, new Array(200_000)),
  "a table of more parts than are read in one step": () => ask(1, shared(20_001, 1)),
  "details of more parts than are read in one step": () =>
    say("failed", { kind: "INVALID", message: "m", context: [], details: shared(20_001, 1)[0] }, 0, true),
  "a packed table that is not bytes": () => ask(1, [{ packed: "text" }]),
  "a packed table that it goes on writing to": () => ask(1, [{ packed: new Uint8Array(new SharedArrayBuffer(10)) }]),
  "a packed table that is no table": () => ask(1, [{ packed: Uint8Array.of(0xc1, 1) }]),
  "a packed table that is cut off": () => ask(1, [{ packed: Uint8Array.of(0xc1, 0xc3, 1) }]),
  "a packed table within another": () => ask(1, [[1, { packed: Uint8Array.of(0xc1, 0xc0) }]]),
  "more packed tables than it may have": () => ask(1, new Array(100).fill({ packed: new Uint8Array(MiB) })),
  "a packed table as a result that is no table": () => say("done", [{ packed: Uint8Array.of(0xc1, 1) }], 0),
  "a million lines": () => {
    const line = new Uint8Array([10]);
    for (;;) say("print", line);
  },
  "a million questions": () => {
    for (let call = 1; ; call++) ask(call, []);
  },
  "a million signals": () => {
    for (;;) Atomics.notify(signals, Atomics.add(signals, 0, 1) & 1);
  },
  "nothing, and throws undefined": () =>
    setTimeout(() => {
      throw undefined;
    }),
  "nothing, and throws null": () =>
    setTimeout(() => {
      throw null;
    }),
  "a limit that is a list of lists": () => {
    let list = [];
    for (let i = 0; i < 40; i++) list = [list, list];
    say("failed", { kind: "INVALID", message: "m", context: [], limit: [list, 1] }, 0, true);
  },
  "a limit that is not a number": () =>
    say("failed", { kind: "INVALID", message: "m", context: [], limit: ["time", Number.NaN] }, 0, true),
  "more results than there are": () => {
    const results = [];
    results.length = 2 ** 32 - 1;
    say("done", results, 0);
  },
  "more with its output than is read": () => {
    const more = large();
    for (let i = 0; i < GIGABYTES; i++) say("print", Uint8Array.of(65), more);
  },
  "output of a few bytes of a large buffer": () => {
    const bytes = new Uint8Array(50 * MiB).subarray(0, 1);
    for (let i = 0; i < GIGABYTES; i++) say("print", bytes);
  },
  "results that have a slice of their own": () => say("done", Object.assign([1], { slice: 1 }), 0),
  "a context that has a slice of its own": () =>
    say("failed", { kind: "INVALID", message: "m", context: Object.assign(["x"], { slice: 1 }) }, 0, true),
  "gigabytes to its own output": () => {
    for (let i = 0; i < 1000; i++) process.stdout._writev([{ chunk: "x".repeat(MiB), encoding: "latin1" }], () => {});
    say("nonsense");
  },
  "a result without a number of instructions": () => say("done", [], Number.NaN),
  "a result of endless work": () => say("done", [], Number.POSITIVE_INFINITY),
};

say("ready");
setInterval(() => {}, 1e6); // it stays there
port.once("message", attacks[globalThis.attack]);
