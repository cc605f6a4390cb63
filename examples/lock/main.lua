-- One worker at a time: a lock that is taken in one step, and that a crashed worker does not keep for ever.
--
--   moonkeep run examples/lock/main.lua

local store = require("store")
local locks = store.get("app:locks")

-- Taking: `only_if_absent` writes the key only if it is not there, which nobody can come between.
local function acquire(resource, owner, seconds)
  return locks:put("lock:" .. resource, owner, { only_if_absent = true, ttl = seconds })
end

-- Giving back: only the holder's own lock, which its version tells. Ours may have run out, and be another's by now.
local function release(resource, lock)
  local key = "lock:" .. resource
  local current = locks:entry(key)
  if not current or current.version ~= lock.version then
    return nil, errors.new("CONFLICT", "the lock is no longer ours")
  end
  return locks:delete(key)
end

-- The check that the store's documentation shows: a refusal without a wait.
local function write(resource_id)
  if locks:has("lock:" .. resource_id) then
    return nil, errors.new("CONFLICT", "Resource is locked")
  end
  return true
end

local lock = acquire("invoice-1", "worker-a", 30)
print("worker-a takes the lock:", lock.value)

local _, err = acquire("invoice-1", "worker-b", 30)
print("worker-b tries:", err:kind(), err)

local ok, conflict = write("invoice-1")
print("a write meanwhile:", ok, conflict, errors.is(conflict, errors.CONFLICT))

print("worker-a gives it back:", release("invoice-1", lock))
print("a write after:", write("invoice-1"))
print("giving it back twice:", release("invoice-1", lock))
