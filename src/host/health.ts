/** Whether what a host is connected to answers, how fast, and what it is. */

import { MoonkeepError } from "../errors.ts";
import type { HealthCheck, Opened } from "../kinds/opened.ts";
import type { Registry } from "../registry/registry.ts";
import type { Store } from "../stores/store.ts";
import { textToBinary } from "../value/bytes.ts";
import { nodeCrypto } from "../value/node-crypto.ts";
import type { Milliseconds } from "../value/value.ts";
import { noAnswer, writeNotSeen } from "./errors.ts";

/** How one database or store is. */
export interface Health {
  readonly id: string;
  readonly kind: string;
  /** Whether it answered, and can be used. */
  readonly ok: boolean;
  /** What answered, with its version: `SQLite 3.53.0`. */
  readonly version?: string;
  /** What an operator should know, although it answers: that it is a replica, or drops keys when its memory is full. */
  readonly warnings: readonly string[];
  /** How long the answer took. */
  readonly milliseconds: Milliseconds;
  /** Why it can't be used. */
  readonly error?: MoonkeepError;
}

/** What `host.health` is asked. */
export interface HealthQuestion {
  /** In milliseconds, or a duration; default 5 s. */
  readonly timeout?: Milliseconds | string | undefined;
  /** Default: false. */
  readonly write?: boolean | undefined;
}

/** The same, as it was read. */
export interface HealthOptions extends HealthQuestion {
  readonly timeout?: Milliseconds | undefined;
}

/** How long an answer may take when nobody says. */
const PATIENCE: Milliseconds = 5000;

/**
 * Asks everything that can be asked, all at once. The result has the order of the registry.
 * @param options.timeout what did not answer by then counts as down
 * @param options.write whether to write, read and delete a key of its own in each store as well
 */
export function checkHealth(
  registry: Registry,
  opened: ReadonlyMap<string, Opened>,
  { timeout = PATIENCE, write = false }: HealthOptions = {},
): Promise<readonly Health[]> {
  const asked = registry.entries.flatMap(({ id, kind }) => {
    const entry = opened.get(id);
    if (entry?.health === undefined) return [];
    const store = write && kind.startsWith("store.") && kind !== "store.memory" ? (entry.value as Store) : undefined;
    return [checkOne(id, kind, entry.health, store, timeout)];
  });
  return Promise.all(asked);
}

async function checkOne(
  id: string,
  kind: string,
  check: HealthCheck,
  store: Store | undefined,
  timeout: Milliseconds,
): Promise<Health> {
  const start = performance.now();
  const took = () => performance.now() - start;
  try {
    const [version, warnings] = await within(timeout, id, async () => {
      const version = await check.version();
      if (store !== undefined) await tryWriting(store);
      return [version, (await check.warnings?.()) ?? []] as const;
    });
    return { id, kind, ok: true, version, warnings, milliseconds: took() };
  } catch (e) {
    if (!(e instanceof MoonkeepError)) throw e;
    return { id, kind, ok: false, warnings: [], milliseconds: took(), error: e };
  }
}

/** How long the key lives, if it can't be deleted. */
const KEY_LIFE: Milliseconds = 60_000;

/** @throws MoonkeepError when the store does not take a write, or does not give back what was written */
async function tryWriting(store: Store): Promise<void> {
  const key = textToBinary(`moonkeep:health:${nodeCrypto().randomUUID()}`);
  await store.set(key, true, KEY_LIFE);
  const found = await store.get(key);
  await store.delete(key);
  if (found !== true) throw new MoonkeepError("INTERNAL", writeNotSeen);
}

async function within<T>(timeout: Milliseconds, id: string, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new MoonkeepError("TIMEOUT", noAnswer(id, timeout))), timeout);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
