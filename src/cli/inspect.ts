/** `moonkeep inspect`: a page that shows what a registry has, on this machine alone, until Ctrl-C. */
import { once } from "node:events";
import type { Host } from "../host/host.ts";
import type { Limits } from "../limits.ts";
import { howToEnd, pageReads, pageWrites, registryStays } from "./errors.ts";
import { type ExitCode, exit, UsageError } from "./exit.ts";
import { errorLine, Output, printable } from "./output.ts";
import { callOptions, checkActor, openHost, type SessionFlags } from "./session.ts";
import { Signals } from "./signals.ts";

export interface InspectFlags
  extends Pick<SessionFlags, "registry" | "actor" | "meta" | "group">,
    Pick<Limits, "timeout"> {
  readonly port?: number;
  readonly write?: boolean;
}

export async function inspect(flags: InspectFlags): Promise<ExitCode> {
  checkActor(flags);
  using signals = new Signals();
  const out = new Output(1, true);
  await using host = await openHost({ ...flags, logLevel: "off" }, () => {}, { counts: true });
  using _watch = watching(host);
  const { actor, groups, timeout } = callOptions(flags, host);
  const page = await opened(host, { actor, groups, timeout, port: flags.port, write: flags.write });
  out.line(page.url);
  errorLine(`${flags.write === true ? pageWrites : pageReads} ${howToEnd}`);
  if (!signals.signal.aborted) await once(signals.signal, "abort");
  return signals.heard?.code ?? exit.done;
}

/** @throws UsageError for a port that can't be had */
async function opened(host: Host, options: Parameters<Host["inspect"]>[0]): ReturnType<Host["inspect"]> {
  try {
    return await host.inspect(options);
  } catch (e) {
    if (e instanceof Error && e.name === "Error") throw new UsageError(`--port: ${e.message}`);
    throw e;
  }
}

/** The page shows the registry as it is now. */
function watching(host: Host): Disposable {
  const stop = host.watch((error) => {
    if (error !== undefined) errorLine(printable(registryStays(error)));
  });
  return { [Symbol.dispose]: stop };
}
