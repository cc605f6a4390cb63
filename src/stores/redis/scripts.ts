/**
 * What changes more than one key of Redis at once. A script runs whole or not at all, and nothing runs in between. All
 * that it touches comes as KEYS, all of one slot, so that a cluster runs it; nothing is ever put into its text.
 *
 * KEYS are always: the entry, the names in byte order (a sorted set in which all scores are 0), and the names by the
 * time at which they expire.
 */
import { nodeCrypto } from "../../value/node-crypto.ts";

/** A script, and the name by which Redis knows it once it has run. */
export class RedisScript {
  readonly text: string;
  #sha: string | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get sha(): string {
    return (this.#sha ??= nodeCrypto().createHash("sha1").update(this.text).digest("hex"));
  }
}

/**
 * ARGV: name, record, ttl in milliseconds or "", and a condition: "", "absent", or a version with its length in front
 * as the record has it. Answers 1 when it has written, 0 when something else is there, -1 when nothing is.
 *
 * Each write also takes a few names that have expired out of the two sets, so they never grow beyond what lives by
 * more than what expires at once. The sets come before the entry: one that is of another type fails the script before
 * anything of the entry has changed. `now` is the time at which this script began, for the expiry of keys as well.
 */
export const writeScript = new RedisScript(`
local entry, names, times = KEYS[1], KEYS[2], KEYS[3]
local name, record, ttl, condition = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if condition == "absent" then
  if redis.call("EXISTS", entry) == 1 then return 0 end
elseif condition ~= "" then
  local head = redis.call("GETRANGE", entry, 1, #condition)
  if head == "" then return -1 end
  if head ~= condition then return 0 end
end
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local at = ttl ~= "" and string.format("%.0f", now + ttl)
redis.call("ZADD", names, 0, name)
if at then redis.call("ZADD", times, at, name) else redis.call("ZREM", times, name) end
redis.call("SET", entry, record)
if at then redis.call("PEXPIREAT", entry, at) end
local gone = redis.call("ZRANGEBYSCORE", times, "-inf", "(" .. string.format("%.0f", now), "LIMIT", 0, 8)
if #gone > 0 then
  redis.call("ZREM", names, unpack(gone))
  redis.call("ZREM", times, unpack(gone))
end
return 1
`);

/** ARGV: name. Answers whether there was an entry. */
export const deleteScript = new RedisScript(`
redis.call("ZREM", KEYS[2], ARGV[1])
redis.call("ZREM", KEYS[3], ARGV[1])
return redis.call("DEL", KEYS[1])
`);

/** KEYS[1] and [2]: the two sets; then entries, and as ARGV their names: those that are not there leave the sets. */
export const forgetScript = new RedisScript(`
for i, name in ipairs(ARGV) do
  if redis.call("EXISTS", KEYS[i + 2]) == 0 then
    redis.call("ZREM", KEYS[1], name)
    redis.call("ZREM", KEYS[2], name)
  end
end
return 1
`);
