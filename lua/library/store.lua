---@meta store

---Key-value stores with expiry. Every call that can fail answers its value alone, or `nil, err` when it failed.
---@class store
local store = {}

---What `info().backend` may be.
store.backend = {
  MEMORY = "memory",
  SQL = "sql",
  REDIS = "redis",
  KV_RAFT = "kv.raft",
  KV_CRDT = "kv.crdt",
  UNKNOWN = "unknown",
}

---What `info().consistency` may be.
store.consistency = {
  LINEARIZABLE = "linearizable",
  EVENTUAL = "eventual",
  LOCAL = "local",
  UNKNOWN = "unknown",
}

---What a store keeps: strings of any bytes, booleans, numbers, and tables of those up to 128 deep. Copied in and out.
---@alias store.Value string|boolean|number|table

---@alias store.Action "get"|"set"|"has"|"delete"|"list"|"info"

---@class store.GetOptions
---@field prefix? string Only keys that begin with this.
---@field actions? store.Action[] Only these operations; `entry` is a get, `put` a set.

---@class store.PutOptions
---@field ttl? number Seconds, fractions allowed; 0 means that it never expires.
---@field only_if_absent? boolean Fails with ALREADY_EXISTS when the key is there.
---@field if_version? string Fails with CONFLICT when the version is another one, with NOT_FOUND when the key is gone.

---@class store.DeleteOptions
---@field if_version? string Only this version; else CONFLICT.
---@field if_value? store.Value Only this value; else CONFLICT. A table as it was read: its keys in the same order. It asks the policies for `get` as well.

---@class store.IncrementOptions
---@field ttl? number Seconds, from now on. Without it an entry keeps the ttl that it has.
---@field initial? number What to begin with where nothing is; default 0.
---@field max? number Beyond it nothing is written, and it fails with CONFLICT.
---@field min? number Beyond it nothing is written, and it fails with CONFLICT.

---@class store.RateOptions
---@field limit number So many in `per`.
---@field per number Seconds.
---@field burst? number Of a token bucket: the most at once; default: `limit`.
---@field cost? number How many this one counts for; default 1.
---@field window? "sliding" By a sliding window, in place of a token bucket.

---@class store.Rate
---@field allowed boolean
---@field remaining integer How many more are allowed at once now.
---@field retry_after number Seconds until the same would be allowed; 0 when it was.

---@class store.ListOptions
---@field prefix? string Only keys that begin with this.
---@field after? string Only keys after this one, in byte order. It need not exist.
---@field limit? integer From 1 to 1000; default 100.

---@class store.FetchOptions
---@field ttl? number Seconds, fractions allowed; without it the value never expires.
---@field negative_ttl? number Seconds for which it is known that there is nothing; default: not at all.
---@field stale? number Seconds that the value lives beyond its ttl, to be given to others while one computes it anew.
---@field on_error? "stale" Such a value is the answer where computing fails, too.
---@field wait? number The most seconds to wait for somebody else who computes; default: without an end.

---@class store.UpdateOptions
---@field ttl? number Seconds, from now on. Without it an entry keeps the ttl that it has.
---@field attempts? integer From 1 to 1000; default 16.

---@class store.LockOptions
---@field ttl? number Seconds for which others wait when the process of the holder is dead, at least 0.1; default 30.
---@field wait? number The most seconds to wait for it; default 0.

---@class store.EachOptions
---@field prefix? string Only keys that begin with this.
---@field after? string Only keys after this one, in byte order. It need not exist.

---@class store.ClearOptions
---@field prefix? string Only keys that begin with this.

---@class store.Entry
---@field key string
---@field value store.Value
---@field version string Opaque. A new one after each write, and never used again for the same key.

---@class store.Page
---@field items store.Entry[] In byte order of their keys.
---@field cursor? string Where the next page begins, for `after`; nil when there is none. It is the last key of the page, or, of a page that ended among keys that may not be read, a text that tells nothing of them.
---@field has_more boolean

---@class store.Info
---@field id string
---@field backend string One of `store.backend`.
---@field consistency string One of `store.consistency`.
---@field durable boolean Whether entries outlive the process.
---@field list boolean
---@field versioned boolean
---@field conditional_put boolean
---@field ttl boolean

---What `each` gives: a call answers the next key and its value, or nothing at the end.
---@class store.Iterator
---@operator concat(any): string
---@overload fun(): string?, store.Value?
local Iterator = {}

---What a call of it answers.
---@return string? key
---@return store.Value? value
function Iterator:next() end

---A lock that is held.
---@class store.Lock
---@operator concat(any): string
local Lock = {}

---Gives it up. Whether it was held until now. Errors: UNAVAILABLE, TIMEOUT; it ends with its ttl then.
---@return boolean? held
---@return error? err
function Lock:release() end

---Whether somebody else may hold it by now.
---@return boolean
function Lock:lost() end

---The fencing token: larger than that of each holder before.
---@return integer
function Lock:token() end

---A store in the hands of a script: it does what the policies allow the script's actor, until it is released.
---@class store.Store
---@operator concat(any): string
local Store = {}

---The value of a key; nil when it is missing or has expired. Errors: INVALID, PERMISSION_DENIED, UNAVAILABLE, TIMEOUT.
---@param key string|number A number stands for its text.
---@return store.Value? value
---@return error? err
function Store:get(key) end

---Writes, whatever was there. Errors: INVALID, PERMISSION_DENIED, UNAVAILABLE (it is full), TIMEOUT.
---@param key string|number
---@param value store.Value
---@param ttl? number Seconds, fractions allowed; nil or 0 means that it never expires.
---@return true? ok
---@return error? err
function Store:set(key, value, ttl) end

---Whether a key is there. Errors: INVALID, PERMISSION_DENIED, UNAVAILABLE, TIMEOUT.
---@param key string|number
---@return boolean? there
---@return error? err
function Store:has(key) end

---Removes a key. False when it was not there, or had expired. Errors: INVALID, PERMISSION_DENIED, UNAVAILABLE, TIMEOUT,
---CONFLICT (it is not the version or value that the options name).
---@param key string|number
---@param opts? store.DeleteOptions
---@return boolean? deleted
---@return error? err
function Store:delete(key, opts) end

---The seconds that an entry still lives: `math.huge` when it never expires, nil when it is not there. Errors as `get`.
---@param key string|number
---@return number? seconds
---@return error? err
function Store:ttl(key) end

---Gives an entry another time to live, and a new version. Whether it is there. Errors as `set`.
---@param key string|number
---@param ttl? number Seconds, fractions allowed; nil or 0 means that it never expires.
---@return boolean? there
---@return error? err
function Store:expire(key, ttl) end

---Gives an entry the whole of its ttl anew, as the last write or `expire` set it. Whether it is there. Errors as `set`.
---@param key string|number
---@return boolean? there
---@return error? err
function Store:touch(key) end

---Adds to a number, atomically. Integers are exact in 64 bits. Errors as `set`; INVALID (the value is not a number), CONFLICT
---(beyond a bound or 64 bits: the message says the number, and nothing is written).
---@param key string|number
---@param by? number Default 1.
---@param opts? store.IncrementOptions
---@return number? number The new one.
---@return error? err
function Store:increment(key, by, opts) end

---Whether one more is within a rate, which is then counted. Errors as `set`.
---@param key string|number
---@param opts? store.RateOptions `limit` and `per` are required.
---@return store.Rate? answer
---@return error? err
function Store:rate(key, opts) end

---The value of a key, or what `make(key)` answers, which is kept: computed once for all who ask at the same time, in coroutines,
---runs and processes. What `make` raises goes through; `nil, err` is a failure; nil alone is nothing, and kept for `negative_ttl`
---only. Errors as `set`; TIMEOUT (after `wait`), and for those who wait what `make` failed with.
---@param key string|number
---@param make fun(key: string): store.Value?, any It may wait, and fetch other keys.
---@param opts? store.FetchOptions
---@return store.Value? value
---@return any err
function Store:fetch(key, make, opts) end

---Writes what `fn` makes of the value, if nobody wrote meanwhile, else it begins again. Nil deletes the entry. Errors as `set`;
---CONFLICT (others wrote at each attempt). What `fn` raises goes through.
---@param key string|number
---@param fn fun(old: store.Value?): store.Value? It may wait, and may be called several times.
---@param opts? store.UpdateOptions
---@return store.Value? value The new one.
---@return error? err
function Store:update(key, fn, opts) end

---Takes a lock, which is renewed while the run goes on, and released with it at the latest. Errors as `set`; UNAVAILABLE
---(somebody else holds it for longer than `wait`).
---@param name string|number
---@param opts? store.LockOptions
---@return store.Lock? lock
---@return error? err
function Store:lock(name, opts) end

---The values of up to 1000 keys, by key, in one round trip; a key that is missing or has expired is left out. Where some keys
---failed there is an error beside the values: `details().keys` says of each why. Errors as `get`.
---@param keys table
---@return table? values
---@return error? err
function Store:get_many(keys) end

---Writes up to 1000 entries: values by key, or a list of `{key = …, value = …}`. How many were written; where some failed there
---is an error as of `get_many` beside it. Errors as `set`.
---@param entries table
---@param ttl? number Seconds, fractions allowed; nil or 0 means that they never expire.
---@return integer? written
---@return error? err
function Store:set_many(entries, ttl) end

---Removes up to 1000 keys. How many were there; where some failed there is an error as of `get_many` beside it. Errors as `delete`.
---@param keys table
---@return integer? deleted
---@return error? err
function Store:delete_many(keys) end

---The value of a key with its version; nil when it is missing or has expired. Errors as `get`.
---@param key string|number
---@return store.Entry? entry
---@return error? err
function Store:entry(key) end

---Writes, if the options allow it. Errors as `set`; ALREADY_EXISTS, CONFLICT or NOT_FOUND when the condition does not hold.
---@param key string|number
---@param value store.Value
---@param opts? store.PutOptions
---@return store.Entry? entry The new entry.
---@return error? err
function Store:put(key, value, opts) end

---A page of entries, without those that the actor may not read. It looks at 10 000 keys at most, so it may hold fewer entries
---than `limit`, or none, although `has_more` is true; go on with its cursor. Errors: INVALID, PERMISSION_DENIED, UNAVAILABLE, TIMEOUT.
---@param opts? store.ListOptions
---@return store.Page? page
---@return error? err
function Store:list(opts) end

---Goes through all entries in byte order of their keys: `for key, value in s:each() do`. It reads pages underneath, and passes
---over keys that may not be read. It raises its errors, here and in the loop: INVALID, PERMISSION_DENIED, UNAVAILABLE, TIMEOUT.
---@param opts? store.EachOptions
---@return store.Iterator iterator
function Store:each(opts) end

---Deletes all keys, or those of a prefix. How many there were; where keys had to be left that may not be deleted there is an
---error beside it: PERMISSION_DENIED. Errors as `delete`.
---@param opts? store.ClearOptions
---@return integer? deleted
---@return error? err
function Store:clear(opts) end

---What the store is, and what it can do. Errors: INVALID (it is released), PERMISSION_DENIED.
---@return store.Info? info
---@return error? err
function Store:info() end

---Gives the store back; its other methods answer INVALID from then on. Any number of times.
---@return true
function Store:release() end

---A store of the registry, by its full id. With options it is a handle that can do less, whoever holds it.
---Errors: INVALID (no id, no store, bad options), NOT_FOUND, PERMISSION_DENIED.
---@param id string `"app:cache"`
---@param opts? store.GetOptions
---@return store.Store? store
---@return error? err
function store.get(id, opts) end

return store
