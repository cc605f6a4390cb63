---@meta store

---Key-value stores with expiry. A call that can fail returns just its value, or `nil, err` if it failed.
---@class store
local store = {}

---The possible values of `info().backend`.
store.backend = {
  MEMORY = "memory",
  SQL = "sql",
  REDIS = "redis",
  KV_RAFT = "kv.raft",
  KV_CRDT = "kv.crdt",
  UNKNOWN = "unknown",
}

---The possible values of `info().consistency`.
store.consistency = {
  LINEARIZABLE = "linearizable",
  EVENTUAL = "eventual",
  LOCAL = "local",
  UNKNOWN = "unknown",
}

---A value in a store: a string of any bytes, a boolean, a number, or a table of these, up to 128 levels deep. Values are copied.
---@alias store.Value string|boolean|number|table

---@alias store.Action "get"|"set"|"has"|"delete"|"list"|"info"

---@class store.GetOptions
---@field prefix? string Only keys with this prefix.
---@field actions? store.Action[] Only these operations; `entry` counts as get, and `put` as set.

---@class store.PutOptions
---@field ttl? number Seconds, with fractions; with 0 the entry never expires.
---@field only_if_absent? boolean Fails with ALREADY_EXISTS if the key exists.
---@field if_version? string Fails with CONFLICT if the entry has another version, and with NOT_FOUND if the key is missing.

---@class store.DeleteOptions
---@field if_version? string Only deletes this version; otherwise CONFLICT.
---@field if_value? store.Value Only deletes this value; otherwise CONFLICT. The keys of a table must be in the order in which they were read. Needs the action `get` as well.

---@class store.IncrementOptions
---@field ttl? number Seconds from now. Without it, an existing entry keeps its ttl.
---@field initial? number The number to start from if the key is missing; default 0.
---@field max? number If the result would be beyond it, nothing is written, and the call fails with CONFLICT.
---@field min? number If the result would be beyond it, nothing is written, and the call fails with CONFLICT.

---@class store.RateOptions
---@field limit number How many are allowed in `per` seconds.
---@field per number A number of seconds.
---@field burst? number Only for a token bucket: how many are allowed at once; default: `limit`.
---@field cost? number How many this call counts for; default 1.
---@field window? "sliding" Use a sliding window instead of a token bucket.

---@class store.Rate
---@field allowed boolean
---@field remaining integer How many more are allowed right now.
---@field retry_after number Seconds until the same call would be allowed; 0 if it was allowed.

---@class store.ListOptions
---@field prefix? string Only keys with this prefix.
---@field after? string Only keys after this one, in byte order. It need not exist.
---@field limit? integer From 1 to 1000; default 100.

---@class store.FetchOptions
---@field ttl? number Seconds, with fractions; without it, the value never expires.
---@field negative_ttl? number For how many seconds to remember that `make` returned nil; default: not at all.
---@field stale? number For how many seconds after its ttl the old value is kept; others get it while one caller computes a new one.
---@field on_error? "stale" Return the old value if computing fails.
---@field wait? number How many seconds to wait for another caller that computes; default: no limit.

---@class store.UpdateOptions
---@field ttl? number Seconds from now. Without it, an existing entry keeps its ttl.
---@field attempts? integer From 1 to 1000; default 16.

---@class store.LockOptions
---@field ttl? number How many seconds others wait if the holder's process has died, at least 0.1; default 30.
---@field wait? number How many seconds to wait for the lock; default 0.

---@class store.EachOptions
---@field prefix? string Only keys with this prefix.
---@field after? string Only keys after this one, in byte order. It need not exist.

---@class store.ClearOptions
---@field prefix? string Only keys with this prefix.

---@class store.Entry
---@field key string
---@field value store.Value
---@field version string Opaque. Each write creates a new version, and a version is never used again for the same key.

---@class store.Page
---@field items store.Entry[] In byte order of their keys.
---@field cursor? string The value of `after` for the next page: the last key of this one; nil if it is empty.
---@field has_more boolean

---@class store.Info
---@field id string
---@field backend string One of `store.backend`.
---@field consistency string One of `store.consistency`.
---@field durable boolean Whether entries survive the end of the process.
---@field list boolean
---@field versioned boolean
---@field conditional_put boolean
---@field ttl boolean

---The iterator of `each`: a call returns the next key and its value, or nothing at the end.
---@class store.Iterator
---@operator concat(any): string
---@overload fun(): string?, store.Value?
local Iterator = {}

---The same as calling the iterator.
---@return string? key
---@return store.Value? value
function Iterator:next() end

---A lock that the script holds.
---@class store.Lock
---@operator concat(any): string
local Lock = {}

---Releases the lock. Returns whether it was still held. Errors: UNAVAILABLE, TIMEOUT; the lock then ends after its ttl.
---@return boolean? held
---@return error? err
function Lock:release() end

---Returns whether somebody else may hold the lock by now.
---@return boolean
function Lock:lost() end

---Returns the fencing token, which is larger than those of all earlier holders.
---@return integer
function Lock:token() end

---A handle of a store: it can do what the policies allow the script's actor, until it is released.
---@class store.Store
---@operator concat(any): string
local Store = {}

---Returns the value of a key, or nil if it is missing or expired. Errors: INVALID, PERMISSION_DENIED, UNAVAILABLE, TIMEOUT.
---@param key string|number A number is converted to a string.
---@return store.Value? value
---@return error? err
function Store:get(key) end

---Writes a value, whether the key exists or not. Errors: INVALID, PERMISSION_DENIED, UNAVAILABLE (the store is full), TIMEOUT.
---@param key string|number
---@param value store.Value
---@param ttl? number Seconds, with fractions; with nil or 0 the entry never expires.
---@return true? ok
---@return error? err
function Store:set(key, value, ttl) end

---Returns whether a key exists. Errors: INVALID, PERMISSION_DENIED, UNAVAILABLE, TIMEOUT.
---@param key string|number
---@return boolean? there
---@return error? err
function Store:has(key) end

---Deletes a key. Returns false if it was missing or expired. Errors: INVALID, PERMISSION_DENIED, UNAVAILABLE, TIMEOUT,
---CONFLICT (the entry does not have the version or value in the options).
---@param key string|number
---@param opts? store.DeleteOptions
---@return boolean? deleted
---@return error? err
function Store:delete(key, opts) end

---Returns the seconds until an entry expires: `math.huge` if it never expires, nil if it is missing. Errors as for `get`.
---@param key string|number
---@return number? seconds
---@return error? err
function Store:ttl(key) end

---Sets a new ttl, which also creates a new version. Returns whether the key exists. Errors as for `set`.
---@param key string|number
---@param ttl? number Seconds, with fractions; with nil or 0 the entry never expires.
---@return boolean? there
---@return error? err
function Store:expire(key, ttl) end

---Restarts the ttl that the last write or `expire` set. Returns whether the key exists. Errors as for `set`.
---@param key string|number
---@return boolean? there
---@return error? err
function Store:touch(key) end

---Adds to a number atomically. Integers are exact in 64 bits. Errors as for `set`; INVALID (the value is not a number), CONFLICT
---(the result would be beyond a bound or 64 bits: the message has the current number, and nothing is written).
---@param key string|number
---@param by? number What to add; default 1.
---@param opts? store.IncrementOptions
---@return number? number The new number.
---@return error? err
function Store:increment(key, by, opts) end

---Checks whether one more operation is within a rate, and counts it if it is. Errors as for `set`.
---@param key string|number
---@param opts? store.RateOptions `limit` and `per` are required.
---@return store.Rate? answer
---@return error? err
function Store:rate(key, opts) end

---Returns the value of a key. If it is missing, calls `make(key)`, stores the result and returns it. The value is computed once for
---all callers at the same time, in coroutines, runs and processes. If `make` raises an error, the error is raised here, too; it can
---also return `nil, err`. A nil result is only remembered with `negative_ttl`. Errors as for `set`; TIMEOUT (after `wait`); callers
---that wait get the error of `make`.
---@param key string|number
---@param make fun(key: string): store.Value?, any It can wait, and fetch other keys.
---@param opts? store.FetchOptions
---@return store.Value? value
---@return any err
function Store:fetch(key, make, opts) end

---Reads the value, calls `fn` and writes its result if nobody else wrote meanwhile; otherwise starts again. If the first result is
---nil, the entry is deleted; raise an error to leave it as it is. Errors as for `set`; CONFLICT (others wrote during each attempt). An error that `fn` raises is raised here, too.
---@param key string|number
---@param fn fun(old: store.Value?): store.Value? It can wait, and may be called several times.
---@param opts? store.UpdateOptions
---@return store.Value? value The new value.
---@return error? err
function Store:update(key, fn, opts) end

---Acquires a lock. It is renewed while the run goes on and the policies allow it, and released when the run ends. Errors as for `set`; UNAVAILABLE
---(somebody else held it during the whole `wait`, or the run has 100 locks already).
---@param name string|number
---@param opts? store.LockOptions
---@return store.Lock? lock
---@return error? err
function Store:lock(name, opts) end

---Returns the values of up to 1000 keys, by key, in one round trip; missing and expired keys are left out. If some keys failed,
---there is an error in addition to the values; its `details().keys` has the reason for each. Errors as for `get`.
---@param keys table
---@return table? values
---@return error? err
function Store:get_many(keys) end

---Writes up to 1000 entries: a table of values by key, or a list of `{key = …, value = …}`, not both. Returns how many were written. If some
---failed, there is an error in addition, as for `get_many`. Errors as for `set`.
---@param entries table
---@param ttl? number Seconds, with fractions; with nil or 0 the entries never expire.
---@return integer? written
---@return error? err
function Store:set_many(entries, ttl) end

---Deletes up to 1000 keys. Returns how many existed. If some failed, there is an error in addition, as for `get_many`. Errors as for `delete`.
---@param keys table
---@return integer? deleted
---@return error? err
function Store:delete_many(keys) end

---Returns the value of a key with its version, or nil if it is missing or expired. Errors as for `get`.
---@param key string|number
---@return store.Entry? entry
---@return error? err
function Store:entry(key) end

---Writes a value if the options allow it. Errors as for `set`; ALREADY_EXISTS, CONFLICT or NOT_FOUND if the condition is not met.
---@param key string|number
---@param value store.Value
---@param opts? store.PutOptions
---@return store.Entry? entry The new entry.
---@return error? err
function Store:put(key, value, opts) end

---Returns a page of entries, without those that the actor may not read. A page ends early, with the entry that takes it beyond
---4 MiB: while `has_more` is true, continue with its cursor. If values can't be read, there is an INTERNAL error in addition to
---the page of the others; its `details().keys` names them. Errors: INVALID, PERMISSION_DENIED, UNAVAILABLE, TIMEOUT.
---@param opts? store.ListOptions
---@return store.Page? page
---@return error? err
function Store:list(opts) end

---Loops over all entries in byte order of their keys: `for key, value in s:each() do`. It reads page by page, and skips keys that
---the actor may not read. Values that can't be read are skipped, and an INTERNAL error at the end of the loop names their keys.
---Errors are raised, here and in the loop: INVALID, PERMISSION_DENIED, UNAVAILABLE, TIMEOUT.
---@param opts? store.EachOptions
---@return store.Iterator iterator
function Store:each(opts) end

---Deletes all keys, or those with a prefix. Without the permission `store.clear`, it deletes those that the actor may delete one by
---one. Returns how many were deleted. Errors as for `delete`; PERMISSION_DENIED if no key may be deleted at all.
---@param opts? store.ClearOptions
---@return integer? deleted
---@return error? err
function Store:clear(opts) end

---Returns the backend and the features of the store. Errors: INVALID (the handle was released), PERMISSION_DENIED.
---@return store.Info? info
---@return error? err
function Store:info() end

---Releases the handle; after that, its other methods return INVALID. It can be called several times.
---@return true
function Store:release() end

---Returns a store of the registry by its full id. With options, the handle has fewer permissions, whoever holds it.
---Errors: INVALID (no id, the entry is not a store, bad options), NOT_FOUND, PERMISSION_DENIED.
---@param id string `"app:cache"`
---@param opts? store.GetOptions
---@return store.Store? store
---@return error? err
function store.get(id, opts) end

return store
