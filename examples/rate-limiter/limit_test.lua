-- moonkeep test examples/rate-limiter
local t = require("test")
local cache = assert(require("store").get("app:cache"))

t.case("a counter of a window is gone when the window is over", function()
  assert(cache:put("rate:ann:1", 3, { ttl = 60, only_if_absent = true }))
  t.clock:advance("59s")
  t.equal(cache:get("rate:ann:1"), 3)
  t.clock:advance("1s")
  t.equal(cache:get("rate:ann:1"), nil)
end)

t.case("of two that count at once, one has to count again", function()
  local entry = assert(cache:put("rate:bob:1", 1))
  assert(cache:put("rate:bob:1", 2, { if_version = entry.version }))
  t.error(function() return cache:put("rate:bob:1", 2, { if_version = entry.version }) end, errors.CONFLICT)
end)
