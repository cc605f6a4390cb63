/** Whether what a host is connected to answers, how fast, and what it is. */
import { MoonkeepError } from "../errors.ts";
import type { Opened } from "../kinds/opened.ts";
import type { Registry } from "../registry/registry.ts";
import type { Milliseconds } from "../value/value.ts";

/** How one database or store is. */
export interface Health {
  readonly id: string;
  readonly kind: string;
  /** Whether it answered, and can be used. */
  readonly ok: boolean;
  /** What answered, with its version: `SQLite 3.53.0`. */
  readonly version?: string;
  /** How long the answer took. */
  readonly milliseconds: Milliseconds;
  /** Why it can't be used. */
  readonly error?: MoonkeepError;
}

/** How long an answer may take when nobody says. */
const PATIENCE: Milliseconds = 5000;

/**
 * Asks everything that can be asked, all at once. The result has the order of the registry.
 * @param timeout what did not answer by then counts as down
 */
export function checkHealth(
  registry: Registry,
  opened: ReadonlyMap<string, Opened>,
  timeout: Milliseconds = PATIENCE,
): Promise<readonly Health[]> {
  const asked = registry.entries.flatMap(({ id, kind }) => {
    const ask = opened.get(id)?.health;
    return ask === undefined ? [] : [checkOne(id, kind, ask, timeout)];
  });
  return Promise.all(asked);
}

async function checkOne(
  id: string,
  kind: string,
  ask: NonNullable<Opened["health"]>,
  timeout: Milliseconds,
): Promise<Health> {
  const start = performance.now();
  const took = () => performance.now() - start;
  try {
    const version = await within(timeout, id, async () => ask());
    return { id, kind, ok: true, version, milliseconds: took() };
  } catch (e) {
    if (!(e instanceof MoonkeepError)) throw e;
    return { id, kind, ok: false, milliseconds: took(), error: e };
  }
}

async function within<T>(timeout: Milliseconds, id: string, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new MoonkeepError("TIMEOUT", `${id} did not answer within ${timeout} ms`)),
      timeout,
    );
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
