/**
 * A thread that does what the text of its script says, and for a function's call, what the text in `onCall` says. When it
 * is to leave its script, it does what the text in `onEnd` says: it confirms that, as it should, unless it is told otherwise.
 */
import { receiveMessageOnPort, workerData } from "node:worker_threads";

const { port, signals } = workerData;
const say = (...message) => port.postMessage(message);
const error = { kind: "INVALID", message: "m", context: [] };
const known = {
  port,
  say,
  error,
  ask: (call, member, ...args) => say("ask", call, { target: "doors", member, args }),
  limit: { ...error, kind: "TIMEOUT", limit: ["time", 20] },
  /** Waits for what the host says. */
  next() {
    for (;;) {
      const seen = Atomics.load(signals, 0);
      const received = receiveMessageOnPort(port);
      if (received !== undefined) return received.message;
      Atomics.wait(signals, 0, seen);
    }
  },
};
const act = (text) => new Function(...Object.keys(known), text)(...Object.values(known));

port.on("message", ([what, job]) => {
  if (what === "run") act(Buffer.from(job.code.source).toString());
  if (what === "call") act(globalThis.onCall);
  if (what === "end") act(globalThis.onEnd ?? 'say("ended")');
});
setInterval(() => {}, 1e6); // it stays there
say("ready");
