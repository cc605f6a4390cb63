-- One worker at a time: a lock that is taken in one step, and that a crashed worker does not keep for ever.
-- (`s:lock` is a ready-made lock. This shows how one can be built.)
--
--   moonkeep run examples/lock/main.lua

local store = require("store")
local locks = store.get("app:locks")

-- Take the lock: `only_if_absent` writes the key only if it is missing, in one atomic step.
local function acquire(resource, owner, seconds)
  return locks:put("lock:" .. resource, owner, { only_if_absent = true, ttl = seconds })
end

-- Release the lock, but only our own: ours may have expired, and somebody else may hold it. The version tells them apart.
local function release(resource, lock)
  local key = "lock:" .. resource
  local current = locks:entry(key)
  if not current or current.version ~= lock.version then
    return nil, errors.new("CONFLICT", "the lock is no longer ours")
  end
  return locks:delete(key)
end

-- Somebody else is refused at once, without waiting.
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
