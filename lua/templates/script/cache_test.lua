-- Tests of the cache. To run them: moonkeep test
local t = require("test")
local cache = assert(require("store").get("app:cache"))

t.case("an entry expires after its ttl", function()
  cache:set("greeting", "hello", 60)
  t.equal(cache:get("greeting"), "hello")
  t.clock:advance("1m")
  t.equal(cache:get("greeting"), nil)
end)

t.case("another store is out of reach", function()
  -- moonkeep: ignore unknown-entry
  t.error(function() return require("store").get("app:accounts") end, "PERMISSION_DENIED")
end)
