/**
 * What changes more than one key of Redis at once. A script runs whole or not at all, and nothing runs in between. All
 * that it touches comes as KEYS, all of one slot, so that a cluster runs it; nothing is ever put into its text.
 *
 * KEYS are always: the entry, the names in byte order (a sorted set in which all scores are 0), and the names by the
 * time at which they expire.
 */
import { nodeCrypto } from "../../value/node-crypto.ts";
import type { Milliseconds } from "../../value/value.ts";

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
 * ARGV: name, record, ttl in milliseconds or "" or "keep", and a condition: "", "absent", or a version with its length in front
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
redis.call("ZADD", names, 0, name)
if ttl == "keep" then
  redis.call("SET", entry, record, "KEEPTTL")
else
  local at = ttl ~= "" and string.format("%.0f", now + ttl)
  if at then redis.call("ZADD", times, at, name) else redis.call("ZREM", times, name) end
  redis.call("SET", entry, record)
  if at then redis.call("PEXPIREAT", entry, at) end
end
local gone = redis.call("ZRANGEBYSCORE", times, "-inf", "(" .. string.format("%.0f", now), "LIMIT", 0, 8)
if #gone > 0 then
  redis.call("ZREM", names, unpack(gone))
  redis.call("ZREM", times, unpack(gone))
end
return 1
`);

/** ARGV: name, and a version with its length in front, or "". Answers whether there was an entry; -1: another one. */
export const deleteScript = new RedisScript(`
local condition = ARGV[2]
if condition ~= "" then
  local head = redis.call("GETRANGE", KEYS[1], 1, #condition)
  if head == "" then return 0 end
  if head ~= condition then return -1 end
end
redis.call("ZREM", KEYS[2], ARGV[1])
redis.call("ZREM", KEYS[3], ARGV[1])
return redis.call("DEL", KEYS[1])
`);

/**
 * KEYS[1] and [2]: the two sets; then entries, and as ARGV their names: those that are not there leave the sets. Answers
 * the places of those that are there, and are no strings.
 */
export const forgetScript = new RedisScript(`
local others = {}
for i, name in ipairs(ARGV) do
  local kind = redis.call("TYPE", KEYS[i + 2]).ok
  if kind == "none" then
    redis.call("ZREM", KEYS[1], name)
    redis.call("ZREM", KEYS[2], name)
  elseif kind ~= "string" then
    others[#others + 1] = i
  end
end
return others
`);

/**
 * KEYS: entries. ARGV: a number of bytes. Answers place by place what is there: the record, or only its length where it
 * has more bytes; nothing where there is none, or no string. Where nothing is longer, one command reads them all.
 */
export const partsScript = new RedisScript(`
local most, sizes, plain = tonumber(ARGV[1]), {}, #KEYS <= 1000
for i, entry in ipairs(KEYS) do
  local size = redis.pcall("STRLEN", entry)
  if type(size) ~= "number" then
    if not size.err:find("WRONGTYPE", 1, true) then return size end
    size = false
  end
  plain = plain and size and size <= most
  sizes[i] = size
end
if plain then return redis.call("MGET", unpack(KEYS)) end
for i, size in ipairs(sizes) do
  if size and size <= most then sizes[i] = redis.call("GET", KEYS[i]) end
end
return sizes
`);

const NOW = `
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/**
 * ARGV: name, version with its length in front, ttl in milliseconds or "". Answers 1 when it is done, 0 when nothing is
 * there, -2 when what is there is not an entry.
 */
export const expireScript = new RedisScript(`
local entry, times, name, version, ttl = KEYS[1], KEYS[3], ARGV[1], ARGV[2], ARGV[3]
local record = redis.call("GET", entry)
if not record then return 0 end
if #record < 2 or record:byte(1) ~= 1 then return -2 end
${NOW}
local at = ttl ~= "" and string.format("%.0f", now + ttl)
if at then redis.call("ZADD", times, at, name) else redis.call("ZREM", times, name) end
redis.call("SET", entry, "\\1" .. version .. record:sub(3 + record:byte(2)))
if at then redis.call("PEXPIREAT", entry, at) end
return 1
`);

/** The longest that an entry may live: Redis counts in 64 bits, and this is some thirty thousand years. */
export const LONGEST_TTL: Milliseconds = 1e15;

/** ARGV: name. Answers as `expireScript` does. The ttl is the number behind "~" in the version. */
export const touchScript = new RedisScript(`
local entry, times = KEYS[1], KEYS[3]
local head = redis.call("GETRANGE", entry, 0, 256)
if head == "" then return redis.call("EXISTS", entry) == 0 and 0 or -2 end
if #head < 2 or head:byte(1) ~= 1 then return -2 end
local text = head:sub(3, 2 + head:byte(2)):match("~(.*)$") or ""
local whole = text:match("^%d+%.?%d*$") or text:match("^%d+%.?%d*e%-%d+$")
local life = whole and tonumber(whole) or 0
if not (life > 0 and life <= ${LONGEST_TTL}) then return 1 end
${NOW}
local at = string.format("%.0f", now + math.ceil(life))
redis.call("ZADD", times, at, ARGV[1])
redis.call("PEXPIREAT", entry, at)
return 1
`);

/**
 * ARGV: name, record, time and most in milliseconds. Answers whether it was moved, and how far ahead the deadline lies,
 * as text; -1 when the entry never expires. The deadline itself, in fractions, is the name's score: Redis expires keys
 * by the millisecond.
 */
export const spendScript = new RedisScript(`
local entry, names, times = KEYS[1], KEYS[2], KEYS[3]
local name, record, cost, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call("TIME")
local now = time[1] * 1000 + time[2] / 1000
local at = now
local left = redis.call("PTTL", entry)
if left == -1 then return {-1, "0"} end
if left >= 0 then at = math.max(now, tonumber(redis.call("ZSCORE", times, name) or now)) end
if at + cost - now > most then return {0, string.format("%.17g", at - now)} end
at = at + cost
redis.call("ZADD", names, 0, name)
redis.call("ZADD", times, string.format("%.17g", at), name)
if left < 0 then redis.call("SET", entry, record) end
redis.call("PEXPIREAT", entry, string.format("%.0f", math.ceil(at)))
return {1, string.format("%.17g", at - now)}
`);

/** More characters than any ttl of ours has in a version. */
const LONGEST_LIFE = 30;

/**
 * Adds integers that a double holds exactly, and answers what there is then. ARGV: name, what to begin with, what to
 * add, the new version without its ttl, ttl in milliseconds or "", the most, the least, or "" for none. Answers the
 * number as text, or -1 for a case that has to be worked out elsewhere: floats, larger numbers, values that are not
 * numbers, bounds that would be crossed. Nothing is written then.
 */
export const incrementScript = new RedisScript(`
local entry, names, times = KEYS[1], KEYS[2], KEYS[3]
local name, initial, by, version, ttl = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5]
local most, least = tonumber(ARGV[6]), tonumber(ARGV[7])
local n, life = initial, ttl ~= "" and "~" .. ttl or ""
if redis.call("STRLEN", entry) > 300 then return -1 end
local record = redis.call("GET", entry)
if record then
  if #record < 2 or record:byte(1) ~= 1 then return -1 end
  local start = 3 + record:byte(2)
  local value = record:sub(start)
  local format, tag = value:byte(1, 2)
  if not tag then return -1 end
  if format == 0xc1 and #value == 2 and tag <= 0x7f then n = tag
  elseif format == 0xc1 and #value == 2 and tag >= 0xf0 then n = tag - 256
  elseif format == 0xc1 and #value == 3 and tag == 0xe2 then n = struct.unpack(">b", value, 3)
  elseif format == 0xc1 and #value == 4 and tag == 0xe3 then n = struct.unpack(">h", value, 3)
  elseif format == 0xc1 and #value == 6 and tag == 0xe4 then n = struct.unpack(">i4", value, 3)
  elseif format == 0xc0 and #value == 10 and tag == 0xe9 then
    local high, low = struct.unpack(">i4I4", value, 3)
    n = high * 4294967296 + low
    if n >= 9007199254740992 or n <= -9007199254740992 then return -1 end
  else return -1 end
  if ttl == "" then life = record:sub(3, start - 1):match("~.*$") or "" end
  if #life > ${LONGEST_LIFE} then return -1 end
end
n = n + by
if n >= 9007199254740992 or n <= -9007199254740992 then return -1 end
if (most and n > most) or (least and n < least) then return -1 end
local bytes
if n >= -16 and n <= 127 then bytes = string.char(0xc1, n % 256)
elseif n >= -128 and n <= 127 then bytes = "\\193\\226" .. struct.pack(">b", n)
elseif n >= -32768 and n <= 32767 then bytes = "\\193\\227" .. struct.pack(">h", n)
elseif n >= -2147483648 and n <= 2147483647 then bytes = "\\193\\228" .. struct.pack(">i4", n)
else
  local high = math.floor(n / 4294967296)
  bytes = "\\192\\233" .. struct.pack(">i4I4", high, n - high * 4294967296)
end
version = version .. life
local written = "\\1" .. string.char(#version) .. version .. bytes
redis.call("ZADD", names, 0, name)
if ttl ~= "" then
  ${NOW}
  local at = string.format("%.0f", now + math.ceil(ttl))
  redis.call("ZADD", times, at, name)
  redis.call("SET", entry, written)
  redis.call("PEXPIREAT", entry, at)
elseif record then
  redis.call("SET", entry, written, "KEEPTTL")
else
  redis.call("ZREM", times, name)
  redis.call("SET", entry, written)
end
return string.format("%.0f", n)
`);
