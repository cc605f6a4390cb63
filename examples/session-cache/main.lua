-- Sessions with a time to live, and a cache in front of slow work.
--
--   moonkeep run examples/session-cache/main.lua

local store = require("store")

local sessions, err = store.get("app:sessions")
if err then
  return nil, err
end

-- A login creates a session that expires after an hour.
local function login(token, user)
  return sessions:put("session:" .. token, { user = user, role = "member", seen = 1 }, { ttl = 3600 })
end

-- Each request reads the session, and writes it back only if nobody else changed it meanwhile.
local function touch(token)
  local key = "session:" .. token
  local entry = sessions:entry(key)
  if not entry then
    return nil, errors.new("NOT_FOUND", "no such session: " .. token)
  end
  local session = entry.value
  session.seen = session.seen + 1
  local _, conflict = sessions:put(key, session, { ttl = 3600, if_version = entry.version })
  if conflict then
    return nil, conflict
  end
  return session
end

print("sessions")
login("7f3a", "alice")
login("b21c", "bob")
for _ = 1, 3 do
  touch("7f3a")
end
for _, item in ipairs(sessions:list({ prefix = "session:" }).items) do
  print(("  %-14s %-6s seen %d times"):format(item.key, item.value.user, item.value.seen))
end

sessions:delete("session:b21c") -- bob logs out
local gone, why = touch("b21c")
print("  after bob's logout:", gone, why)

-- The cache: the work is done once, and every other call is a look-up.
local cache = store.get("app:cache")
local computed = 0

local function fib(n)
  return n < 2 and n or fib(n - 1) + fib(n - 2)
end

local function cached_fib(n)
  local key = "fib:" .. n
  local value = cache:get(key)
  if value == nil then
    computed = computed + 1
    value = fib(n)
    cache:set(key, value, 60)
  end
  return value
end

print("cache")
for _ = 1, 5 do
  cached_fib(18)
end
print(("  fib(18) = %d, asked 5 times, computed %d time"):format(cached_fib(18), computed))
print(("  %s keeps it in %s"):format(cache:info().id, cache:info().backend))
