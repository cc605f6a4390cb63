-- What a denial looks like, and how a script reads it.
--
--   moonkeep run --registry examples/denied/registry.yaml examples/denied/main.lua
--   moonkeep run --registry examples/denied/registry.yaml --actor bob examples/denied/main.lua

local store = require("store")
local carts = store.get("shop:carts")

-- A call that fails returns `nil, err`. A denial is an error like any other: nothing was written.
local ok, err = carts:set("alice", { "a pear" })
print("alice's cart:", ok, err)

ok, err = carts:set("bob", { "a plum" })
print("bob's cart:", ok, err)

local denied = select(2, carts:delete("carol"))
print("kind:", denied:kind(), denied:kind() == errors.PERMISSION_DENIED)
print("retryable:", denied:retryable())

-- The details name the actor, the action and the resource. A script can't change policies; the registry has them.
local details = denied:details()
print("action:", details.action)
print("resource:", details.resource)
print("actor:", details.actor)

-- A script that returns `nil, err` has failed: the error and its details are printed to standard error, and the exit
-- code is 1.
if arg[1] == "fail" then
  return nil, denied
end
