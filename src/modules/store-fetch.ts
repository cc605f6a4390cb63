/** `store:fetch`: a value, or what a function of the script makes of it, once for all who ask at the same time. */
import { MoonkeepError } from "../errors.ts";
import { type Arg, booleanOf, hasField, isNil, objectOf, type Param, stringOf, typeOf } from "../lua/boundary/arg.ts";
import type { HostFunction } from "../lua/boundary/function.ts";
import { defineHandle } from "../lua/boundary/handle.ts";
import { many } from "../lua/boundary/module.ts";
import { ask, nilArg, pause, pcall, Raised, type Steps, stepped } from "../lua/boundary/steps.ts";
import { fetchInside, fetchTimeout, notComputation, notFunction } from "../stores/errors.ts";
import { begin, Computation } from "../stores/fetch.ts";
import { isLater } from "../value/eventually.ts";
import { ByteString, type Key, type Milliseconds, type Table, type Value } from "../value/value.ts";
import { anything, beginOf, key, options, value } from "./params.ts";
import { GET, SET, type StoreAccess } from "./store-access.ts";
import { readFetch } from "./store-options.ts";

interface Holder {
  readonly access: StoreAccess;
}

/** Scripts never see one: it is how the end of a run reaches a computation that it leaves. */
defineHandle(
  "store.Computation",
  Computation,
  {},
  {
    release: (computation) => computation.abandon(),
    isReleased: ({ isOver }) => isOver,
    bytes: ({ bytes }) => bytes,
  },
);

const computation: Param<Computation> = {
  name: "computation",
  type: "userdata",
  optional: false,
  read: (arg) => {
    const object = objectOf(arg);
    if (object instanceof Computation) return object;
    throw notComputation();
  },
};

const KNOWN = ByteString.fromText("known");
const COMPUTE = ByteString.fromText("compute");
const STALE = ByteString.fromText("stale");
const BUSY = ByteString.fromText("busy");

/** What is known, the right to compute it, or that another coroutine of the same run computes it. */
async function start({ access }: Holder, k: Key, opts: Table | undefined): Promise<readonly unknown[]> {
  const fetching = readFetch(opts);
  const store = access.reach(GET, k);
  access.permit(SET, k);
  const { allowances } = access.call;
  const asker = { owner: access.call, ...access.permitFor(k), memory: access.memory };
  const begun = await begin(store, k, fetching, asker);
  if (begun === "busy") return [BUSY];
  if (!(begun instanceof Computation)) return [KNOWN, begun.value];
  try {
    access.count(k, true, allowances); // its lease
  } catch (e) {
    begun.abandon();
    throw e;
  }
  return [COMPUTE, begun];
}

async function finish({ access }: Holder, done: Computation, arg: Arg): Promise<readonly unknown[]> {
  const { key: k } = done;
  if (k === undefined) return [];
  let made: Value | undefined;
  try {
    made = isNil(arg) ? undefined : value.read(arg);
    if (made !== undefined || done.remembersNone) access.count(k, made ?? true);
  } catch (e) {
    if (e instanceof MoonkeepError) await done.fail(e);
    else done.abandon();
    throw e;
  }
  const how = await done.finish(made);
  if (how !== undefined) access.publish(`store.${how}`, k);
  return [];
}

/** Whether the old value is to be given, and that. */
async function fail(_: Holder, done: Computation, error: Arg): Promise<readonly unknown[]> {
  const old = await done.fail(errorFor(error));
  return old === undefined ? [false] : [true, old.value];
}

/** The longest text of an error that others are told. */
const LONGEST_TEXT = 1000;

/** What those are told who waited, maybe in other runs: an error as it is, and of anything else the text. */
function errorFor(raised: Arg): MoonkeepError {
  const object = objectOf(raised);
  if (object instanceof MoonkeepError) return object.copy();
  const text = stringOf(raised);
  const said = text === undefined ? `an error that is a ${typeOf(raised)}` : beginOf(text, LONGEST_TEXT);
  return new MoonkeepError("UNKNOWN", said);
}

export const fetchMethods = {
  fetch_begin: many([key, options], start),
  fetch_end: many([computation, anything("value")], finish),
  fetch_fail: many([computation, anything("error")], fail),
};

/** What is being computed in a coroutine: a handle and a key each. */
const computing = new WeakMap<object, { readonly object: object; readonly name: string }[]>();

const LONGEST_PAUSE: Milliseconds = 20;

function* steps([k, make, opts]: readonly Arg[], coroutine: object, object: object): Steps {
  if (typeOf(make!) !== "function") throw notFunction("make", typeOf(make!));
  const name = stringOf(k!)?.binary ?? "";
  const own = computing.get(coroutine) ?? [];
  if (own.some((one) => one.object === object && one.name === name)) throw fetchInside(name as Key);
  const started = performance.now();
  let right: Arg | undefined;
  for (let tries = 0; right === undefined; tries++) {
    const { values } = yield ask("fetch_begin", k!, opts!);
    const [state, second = nilArg] = values;
    const said = stringOf(state!)!;
    if (said.equals(KNOWN)) return [second];
    if (said.equals(COMPUTE)) right = second;
    else {
      // Another coroutine of this run computes it, which goes on while this one waits here.
      const { wait = Number.POSITIVE_INFINITY } = waitOf(opts!);
      if (performance.now() - started >= wait) throw fetchTimeout(name as Key);
      yield pause(Math.min(2 ** tries, LONGEST_PAUSE));
    }
  }
  computing.set(coroutine, [...own, { object, name }]);
  const { values, failed } = yield pcall(make!, 2, k!);
  const others = computing.get(coroutine)!.filter((one) => one.object !== object || one.name !== name);
  computing.set(coroutine, others);
  const [made = nilArg, error = nilArg] = values;
  if (!failed && (!isNil(made) || isNil(error))) {
    yield ask("fetch_end", right, made);
    return [made];
  }
  const told = yield ask("fetch_fail", right, failed ? made : error);
  const [isOld, old = nilArg] = told.values;
  if (booleanOf(isOld!) === true) return [old];
  if (failed) throw new Raised(made);
  return [nilArg, error];
}

const waitOf = (opts: Arg): { wait?: Milliseconds | undefined } => readFetch(options.read(opts));

/** A value that is there at once. */
function quick({ access }: Holder, [k, make, opts]: readonly Arg[]): unknown {
  if (typeOf(make!) !== "function" || hasField(opts!, STALE) || access.store.traits.backend !== "memory")
    return undefined;
  const name = key.read(k!);
  const store = access.reach(GET, name);
  access.permit(SET, name);
  const found = store.get(name);
  return isLater(found) ? undefined : found;
}

export const fetch: HostFunction<Holder> = stepped([key, anything("make"), options], steps, quick);
