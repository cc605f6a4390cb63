/** What the host still sends to a thread whose script has ended meanwhile. */
import { expect, test } from "vitest";
import { State } from "../../src/lua/run/state.ts";
import { FedChannels } from "../../src/worker/fed-channels.ts";

test("a channel that the host opens for a call that has ended is opened for nobody", () => {
  const state = new State({ modules: new Map(), call: undefined, print() {} });
  const told: unknown[] = [];
  const fed = new FedChannels(state, (message) => told.push(message));
  fed.take(["feed", 1, 10]);
  fed.take(["give", 1, [0]]);
  fed.take(["unfeed", 1, true]);
  fed.flush();
  expect(told).toEqual([]);
});
