-- moonkeep test examples/denied
local t = require("test")
local carts = require("store").get("shop:carts")

t.case("an owner writes her own cart, and nobody else's", function()
  t.equal(carts:set("alice", { "a pear" }), true)
  t.error(function() return carts:set("bob", { "a plum" }) end, errors.PERMISSION_DENIED)
  t.equal(carts:get("bob"), nil)
end)

t.case("everybody may read", function()
  assert(carts:set("alice", { "a pear" }))
  t.actor("bob")
  t.equal(carts:get("alice"), { "a pear" })
  t.error(function() return carts:delete("alice") end, errors.PERMISSION_DENIED)
end)
