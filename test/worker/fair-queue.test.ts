/** Whose turn it is, counted and not timed. */
import { expect, test } from "vitest";
import { FairQueue, type Party } from "../../src/worker/fair-queue.ts";

interface Run {
  readonly party: Party;
  readonly name: string;
}

const run = (name: string, plugin: string, actor = plugin): Run => ({ name, party: { plugin, actor } });

/** Has `places` places worked off, each run taking as many rounds as it says; who started, in order. */
function serve(queue: FairQueue<Run>, places: number, rounds: (run: Run) => number, until = Number.POSITIVE_INFINITY) {
  const started: string[] = [];
  const going = new Map<Run, number>();
  for (let round = 0; round < until; round++) {
    for (const [one, left] of [...going]) {
      if (left > 1) going.set(one, left - 1);
      else {
        going.delete(one);
        queue.ended(one.party);
      }
    }
    while (going.size < places) {
      const next = queue.next();
      if (next === undefined) break;
      started.push(next.name);
      going.set(next, rounds(next));
    }
    if (going.size === 0) break;
  }
  return started;
}

test("turns go round by plugin, then by actor", () => {
  const queue = new FairQueue<Run>(9);
  for (const one of ["a1", "a2", "a3"]) queue.add(run(one, "a"));
  for (const one of ["alice1", "alice2", "alice3"]) queue.add(run(one, "", "alice"));
  for (const one of ["bob1", "bob2"]) queue.add(run(one, "", "bob"));
  expect(serve(queue, 1, () => 1)).toEqual(["a1", "alice1", "a2", "bob1", "a3", "alice2", "bob2", "alice3"]);
});

test("one who asks for a single thread does not wait behind a thousand of another one", () => {
  const queue = new FairQueue<Run>(1);
  for (let i = 0; i < 1000; i++) queue.add(run(`evil ${i}`, "evil"));
  queue.add(run("good", "good"));
  expect(serve(queue, 2, () => 10, 2)).toEqual(["evil 0", "good"]);
});

test("eight endless calls of one plugin leave half of four threads to another one, which loses at most half its rate", () => {
  const queue = new FairQueue<Run>(2);
  for (let i = 0; i < 8; i++) queue.add(run(`evil ${i}`, "evil"));
  for (let i = 0; i < 400; i++) queue.add(run(`good ${i}`, "good"));
  const rounds = 200;
  const started = serve(queue, 4, ({ party }) => (party.plugin === "evil" ? 1000 : 1), rounds);
  expect(started.filter((name) => name.startsWith("evil"))).toHaveLength(2);
  expect(started.filter((name) => name.startsWith("good"))).toHaveLength(2 * rounds);
});

test("whoever waits is served, however many new ones come", () => {
  const queue = new FairQueue<Run>(9);
  queue.started({ plugin: "", actor: "old" });
  queue.add(run("waits", "", "old"));
  queue.ended({ plugin: "", actor: "old" });
  const order: string[] = [];
  for (let i = 0; i < 5; i++) {
    queue.add(run(`new ${i}`, "", `new ${i}`));
    const next = queue.next()!;
    order.push(next.name);
    queue.ended(next.party);
  }
  expect(order.indexOf("waits")).toBeLessThanOrEqual(1);
});

test("nothing is kept of those who neither run nor wait, and whoever leaves is not served", () => {
  const queue = new FairQueue<Run>(1);
  const one = run("one", "p");
  queue.add(one);
  queue.add(run("two", "p"));
  expect(queue.length).toBe(2);
  expect(queue.remove(one)).toBe(true);
  expect(queue.remove(one)).toBe(false);
  expect(queue.next()?.name).toBe("two");
  expect(queue.mayStart({ plugin: "p", actor: "p" })).toBe(false);
  queue.ended(one.party);
  expect(queue.mayStart({ plugin: "p", actor: "p" })).toBe(true);
  expect(queue.next()).toBeUndefined();
  expect(queue.length).toBe(0);
});
