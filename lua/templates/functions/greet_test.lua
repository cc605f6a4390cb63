-- Tests of the function. To run them: moonkeep test
local t = require("test")
local greet = require("greet")

t.case("greets by name, and counts the visits", function()
  t.equal(greet("Ada"), { text = "hello, Ada", visits = 1 })
  t.equal(greet("Ada").visits, 2)
end)

t.case("returns the error of the store", function()
  t.policy({ actions = "store.get", resources = "app:cache", effect = "deny" })
  t.error(function() return greet("Bob") end, errors.PERMISSION_DENIED)
end)
