// What the processes do to a store. Each function does one thing, with one or several calls.

const pick = (all) => all[Math.floor(Math.random() * all.length)];
const later = () => (Math.random() < 0.5 ? { ttl: 3600 } : {});
export const LOCK_TTL = 2;
export const RATE = { limit: 200, per: 1, burst: 50 };
export const WINDOW = { limit: 100, per: 1, window: "sliding" };

const found = (value) => (value === undefined ? null : value);
const present = { answerOf: found };
const done = { answerOf: () => "ok" };

/** Two keys that are read and written in every way, so that all ways meet. */
export async function registers(lane) {
  const keys = ["a", "b"].map((one) => `register:${one}${lane.epoch}`);
  return pick(ofRegisters)(lane, pick(keys), keys);
}

/** Writes over what was read a moment ago. */
async function putIf(lane, key) {
  const entry = await lane.ask([key], { f: "get" }, () => lane.store.entry(key), {
    answerOf: (one) => found(one?.value),
  });
  if (entry === undefined) return;
  const { version: ifVersion, value: expected } = entry;
  if (Math.random() < 0.2) {
    const refusals = { CONFLICT: "conflict" };
    return lane.ask([key], { f: "deleteIf", expected }, () => lane.store.delete(key, { ifVersion }), { refusals });
  }
  const value = lane.fresh();
  const refusals = { CONFLICT: "conflict", NOT_FOUND: "gone" };
  const put = () => lane.store.put(key, value, { ifVersion, ...later() });
  await lane.ask([key], { f: "putIf", value, expected }, put, { refusals, ...done });
}

async function putAbsent(lane, key) {
  const value = lane.fresh();
  const put = () => lane.store.put(key, value, { onlyIfAbsent: true, ...later() });
  await lane.ask([key], { f: "putAbsent", value }, put, { refusals: { ALREADY_EXISTS: "exists" }, ...done });
}

async function update(lane, key) {
  const value = lane.fresh();
  let seen;
  const change = (old) => {
    seen = found(old);
    return value;
  };
  const more = () => (seen === undefined ? {} : { seen });
  // Beaten at each attempt: nothing was written.
  const refusals = { CONFLICT: "beaten" };
  await lane.ask([key], { f: "update", value }, () => lane.store.update(key, change), { more, refusals, ...done });
}

async function setMany(lane, _, keys) {
  const values = Object.fromEntries(keys.map((key) => [key, lane.fresh()]));
  const call = { f: "set", values: keys.map((key) => values[key]) };
  await lane.ask(keys, call, () => lane.store.setMany(values, later()), done);
}

const get = (lane, key) => lane.ask([key], { f: "get" }, () => lane.store.get(key), present);

const ofRegisters = [
  get,
  get,
  (lane, key) => lane.ask([key], { f: "has" }, () => lane.store.has(key)),
  (lane, key) => lane.ask([key], { f: "has" }, () => lane.store.touch(key)),
  (lane, _, keys) =>
    lane.ask(keys, { f: "get", many: true }, () => lane.store.getMany(keys), { answerOf: (all) => all.map(found) }),
  (lane, key) => {
    const value = lane.fresh();
    return lane.ask([key], { f: "set", value }, () => lane.store.set(key, value, later()), done);
  },
  (lane, key) => lane.ask([key], { f: "delete" }, () => lane.store.delete(key)),
  putIf,
  putIf,
  putIf,
  putAbsent,
  putAbsent,
  update,
  update,
  setMany,
];

/** Counts by whole numbers and by halves, which backends add in different ways, now and then up to a bound. */
export async function counters(lane) {
  const isWhole = Math.random() < 0.5;
  const key = `counter:${isWhole ? "whole" : "half"}${lane.epoch}`;
  const dice = Math.random();
  if (dice < 0.15) return get(lane, key);
  if (dice < 0.2) return lane.ask([key], { f: "delete" }, () => lane.store.delete(key));
  const by = isWhole ? pick([1, 1, 2, -1]) : pick([0.5, 1.5, -0.5]);
  const bound = pick([{}, {}, {}, { max: 20 }, { min: 0 }]);
  const refusals = { CONFLICT: "beyond" };
  await lane.ask([key], { f: "increment", by, ...bound }, () => lane.store.increment(key, by, bound), { refusals });
}

/** One counter for the whole time, and rates: as fast as it goes. */
export async function totals(lane) {
  await lane.ask(["total"], { f: "increment", by: 1 }, () => lane.store.increment("total"));
  await lane.ask(["rate"], { f: "rate" }, () => lane.store.rate("rate", RATE), { answerOf: ({ allowed }) => allowed });
  await lane.ask(["window"], { f: "rate" }, () => lane.store.rate("window", WINDOW), {
    answerOf: ({ allowed }) => allowed,
  });
}

/** Holds a lock, and adds one to a number as nobody may who does not hold it. */
export async function locks(lane) {
  const key = `lock:${lane.epoch}`;
  const hold = lane.fresh();
  const take = () => lane.store.lock(key, { ttl: LOCK_TTL, wait: 0.2 });
  const lock = await lane.ask([key], { f: "acquire", hold, ttl: LOCK_TTL }, take, {
    answerOf: ({ token }) => Number(token),
  });
  if (lock === undefined) return;
  const sum = `sum:${key}`;
  const old = await lane.ask([sum], { f: "read", hold }, async () => ({ n: (await lane.store.get(sum)) ?? 0 }));
  if (old !== undefined && !lock.isLost) {
    await lane.ask([sum], { f: "add", hold }, () => lane.store.set(sum, old.n + 1), done);
  }
  await lane.ask([key], { f: "release", hold }, () => lock.release());
}

/** Computes what is missing; whoever else asks gets the same. */
export async function fetches(lane) {
  const key = `fetch:${lane.epoch}`;
  const fetch = lane.fresh();
  const make = async () => {
    lane.note({ making: fetch, key });
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
    lane.note({ made: fetch, key });
    return fetch;
  };
  await lane.ask([key], { f: "fetch", fetch }, () => lane.store.fetch(key, make, { wait: 1 }));
}
