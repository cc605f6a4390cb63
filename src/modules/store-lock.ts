/** `store:lock`: a lock in the hands of a script, which is released with its run at the latest. */
import { defineHandle, type HandleDescription } from "../lua/boundary/handle.ts";
import { plain } from "../lua/boundary/module.ts";
import { lock, type StoreLock } from "../stores/lock.ts";
import type { Bytes, Key, Table } from "../value/value.ts";
import { GET, SET, type StoreAccess } from "./store-access.ts";
import { readLock } from "./store-options.ts";

/** About what a lock keeps in the host, beside its key: its lease, and the timer that renews it. */
const LOCK: Bytes = 1500;

class LockHandle {
  readonly lock: StoreLock;
  /** What it keeps until it is released. */
  readonly bytes: Bytes;

  constructor(taken: StoreLock, name: Key) {
    this.lock = taken;
    this.bytes = LOCK + 2 * name.length;
  }

  release(): Promise<boolean> {
    return this.lock.release();
  }

  get token(): number | bigint {
    return this.lock.token;
  }
}

export const lockHandle: HandleDescription = defineHandle(
  "store.Lock",
  LockHandle,
  { release: [] },
  {
    functions: {
      lost: plain([], (handle: LockHandle) => handle.lock.isLost),
      token: plain([], (handle: LockHandle) => handle.token),
    },
    tostring: ({ lock: { isReleased, token } }) => (isReleased ? "store.Lock{released}" : `store.Lock{${token}}`),
    release: (handle) => void handle.release().catch(() => {}), // it ends with its ttl then
    isReleased: ({ lock: { isReleased } }) => isReleased,
    bytes: ({ bytes }) => bytes,
  },
);

/** @throws UNAVAILABLE when somebody else holds it, or the run holds too many */
export async function acquire(access: StoreAccess, name: Key, opts: Table | undefined): Promise<LockHandle> {
  const asked = readLock(opts);
  const store = access.reach(GET, name);
  access.permit(SET, name);
  const taken = access.call.locks.add(() => {
    access.count(name, true);
    return lock(store, name, asked, access.permitFor(name));
  });
  return new LockHandle(await taken, name);
}
