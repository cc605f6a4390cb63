/** wasmoon by its documented interface: functions and objects of JavaScript as globals. */
import { peer } from "../peers.mjs";
import { job, now } from "./job.mjs";

const { LuaFactory } = await peer("wasmoon");
const engine = await new LuaFactory().createEngine();
const map = new Map();
const live = (key) => {
  const entry = map.get(key);
  return entry === undefined || (entry.expires !== 0 && entry.expires <= Date.now()) ? undefined : entry;
};
engine.global.set("s", {
  get: (key) => live(key)?.value,
  set: (key, value, ttl) => {
    map.set(key, { value, expires: ttl ? Date.now() + ttl * 1000 : 0 });
    return true;
  },
  has: (key) => live(key) !== undefined,
  delete: (key) => map.delete(key),
});
engine.global.set("now", now);
process.stdout.write(String(await engine.doString(job.code)));
engine.global.close();
