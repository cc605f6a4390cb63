/** What the store commands have in common: a host, the store, and how they end. They act as the operator. */
import { MoonkeepError } from "../errors.ts";
import { ExactStore } from "../host/exact-store.ts";
import { Host } from "../host/host.ts";
import { inThisProcess, noRegistry, notBase64 } from "./errors.ts";
import { type ExitCode, exit, UsageError } from "./exit.ts";
import { idOf, idsOf } from "./ids.ts";
import { describeError, errorLine, Output, stylesOf } from "./output.ts";
import { nearestRegistry } from "./registry-path.ts";

export interface StoreFlags {
  readonly registry?: string;
  /** The key is in base64. */
  readonly base64?: boolean;
  readonly json?: boolean;
}

/**
 * Opens stores of the registry, works with them, and prints.
 * @throws UsageError when there is no registry; MoonkeepError when it is wrong, or there is no such store
 */
export async function withStores(
  ids: readonly string[],
  { registry = nearestRegistry(process.cwd()) }: StoreFlags,
  work: (stores: readonly ExactStore[], out: Output, host: Host) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (registry === undefined) throw noRegistry("one with --registry");
  await using host = await Host.open(registry);
  const stores = ids.map((id) => new ExactStore(host.store(idOf(id, idsOf(host.registry, "store.*")))));
  const out = new Output(1, false);
  try {
    for (const { id, info } of stores) if (isInThisProcess(info)) errorLine(inThisProcess(id));
    const code = await work(stores, out, host);
    out.flush();
    return code;
  } catch (e) {
    if (e instanceof TypeError) throw new UsageError(e.message);
    if (!(e instanceof MoonkeepError)) throw e;
    out.flush();
    errorLine(describeError(e, await stylesOf(2)));
    return exit.failed;
  }
}

/** A server may keep nothing on a disk, and does not end with this command. */
const isInThisProcess = ({ backend, durable }: ExactStore["info"]): boolean => !durable && backend !== "redis";

/** A key from the command line. @throws UsageError */
export function keyOf(word: string, { base64 }: StoreFlags): string | Uint8Array {
  if (base64 !== true) return word;
  const bytes = Buffer.from(word, "base64");
  if (bytes.toString("base64") !== word) throw notBase64(word);
  return bytes;
}
