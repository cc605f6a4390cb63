-- moonkeep test examples/session-cache
local t = require("test")
local store = require("store")
local sessions = assert(store.get("app:sessions"))
local cache = assert(store.get("app:cache"))

t.case("a session ends after its hour", function()
  assert(sessions:put("session:7f3a", { user = "alice" }, { ttl = 3600 }))
  t.clock:advance("59m")
  t.equal(sessions:get("session:7f3a"), { user = "alice" })
  t.clock:advance("1m")
  t.equal(sessions:get("session:7f3a"), nil)
end)

t.case("other keys than those of sessions are denied", function()
  t.error(function() return sessions:set("password:alice", "secret") end, errors.PERMISSION_DENIED)
end)

t.case("work in front of which there is a cache is done once", function()
  local work = t.spy(function() return 42 end)
  for _ = 1, 3 do t.equal(cache:fetch("answer", function() return work() end), 42) end
  t.equal(work:count(), 1)
end)
