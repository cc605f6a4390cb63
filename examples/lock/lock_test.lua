-- moonkeep test examples/lock
local t = require("test")
local locks = assert(require("store").get("app:locks"))

t.case("one worker takes the key, and the next one is refused", function()
  assert(locks:put("lock:a", "first", { only_if_absent = true, ttl = 30 }))
  t.error(
    function() return locks:put("lock:a", "second", { only_if_absent = true, ttl = 30 }) end,
    errors.ALREADY_EXISTS
  )
end)

t.case("a crashed worker keeps the lock for its time, and no longer", function()
  assert(locks:put("lock:c", "first", { only_if_absent = true, ttl = 30 }))
  t.clock:advance("29s")
  t.equal(locks:has("lock:c"), true)
  t.clock:advance("1s")
  t.equal(locks:has("lock:c"), false)
end)

t.case("the ready-made lock numbers its holders in order", function()
  local first = assert(locks:lock("b"))
  t.error(function() return locks:lock("b", { wait = 0 }) end, errors.UNAVAILABLE)
  local token = first:token()
  first:release()
  t.equal(assert(locks:lock("b")):token() > token, true)
end)
