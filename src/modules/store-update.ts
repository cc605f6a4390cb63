/** `store:update`: reads, lets the script make something of it, and writes if nobody wrote meanwhile. */
import { booleanOf, integer, optional, typeOf } from "../lua/boundary/arg.ts";
import type { HostFunction } from "../lua/boundary/function.ts";
import { many } from "../lua/boundary/module.ts";
import { ask, call, nilArg, numberArg, type Steps, stepped } from "../lua/boundary/steps.ts";
import { notFunction } from "../stores/errors.ts";
import { beforeAttempt, writeOver } from "../stores/update.ts";
import { andThen, type Eventually } from "../value/eventually.ts";
import { ByteString, type Key, type Table, type Value } from "../value/value.ts";
import { anything, key, options, string, value } from "./params.ts";
import { DELETE, GET, SET, type StoreAccess } from "./store-access.ts";
import { readUpdate } from "./store-options.ts";

interface Holder {
  readonly access: StoreAccess;
}

/** The value and its version, or nothing. */
function read({ access }: Holder, k: Key, opts: Table | undefined): Eventually<readonly unknown[]> {
  readUpdate(opts);
  const store = access.reach(GET, k);
  access.permit(SET, k);
  return andThen(store.entry(k, access.memory), (found) =>
    found === undefined ? [] : [found.value, ByteString.fromText(found.version)],
  );
}

/** Whether it was written; after the last attempt an error. */
function write(
  { access }: Holder,
  k: Key,
  version: ByteString | undefined,
  next: Value | undefined,
  opts: Table | undefined,
  made: number,
): Eventually<readonly unknown[]> {
  const { ttl, attempts } = readUpdate(opts);
  const deletes = next === undefined;
  const store = access.reach(GET, k); // the answer tells what is there
  access.permit(deletes ? DELETE : SET, k);
  if (!deletes) access.count(k, next);
  const was = version === undefined ? undefined : { version: version.toString() };
  return andThen(writeOver(store, k, was, next, ttl), async (done) => {
    if (!done) await beforeAttempt(k, made, attempts);
    else if (!deletes || was !== undefined) access.publish(deletes ? "store.delete" : "store.set", k);
    return [done];
  });
}

export const updateMethods = {
  update_read: many([key, options], read),
  update_write: many([key, optional(string("version")), optional(value), options, integer("made")], write),
};

export const update: HostFunction<Holder> = stepped([key, anything("fn"), options], function* ([k, fn, opts]): Steps {
  if (typeOf(fn!) !== "function") throw notFunction("fn", typeOf(fn!));
  for (let made = 1; ; made++) {
    const { values } = yield ask("update_read", k!, opts!);
    const [old = nilArg, version = nilArg] = values;
    const answer = yield call(fn!, 1, old);
    const next = answer.values[0] ?? nilArg;
    const written = yield ask("update_write", k!, version, next, opts!, numberArg(made));
    if (booleanOf(written.values[0]!) === true) return [next];
  }
});
