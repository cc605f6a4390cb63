-- Tests of the hook. To run them: moonkeep test
local t = require("test")
local count = require("count")

t.before(function()
  -- In an application the plugin acts as this actor, and may use its own stores.
  t.actor("plugin:greeter")
  t.policy({ actions = "store.*", resources = "greeter:counts", effect = "allow" })
end)

t.case("counts the orders", function()
  t.equal(count({ id = 1 }), 1)
  t.equal(count({ id = 2 }), 2)
end)
