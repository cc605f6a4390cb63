-- What a denial looks like, and how a script reads it.
--
--   moonkeep run --registry examples/denied/registry.yaml examples/denied/main.lua
--   moonkeep run --registry examples/denied/registry.yaml --actor bob examples/denied/main.lua

local store = require("store")
local carts = store.get("shop:carts")

-- Every call answers `value, err`. A denial is an error like any other, and nothing was written.
local ok, err = carts:set("alice", { "a pear" })
print("alice's cart:", ok, err)

ok, err = carts:set("bob", { "a plum" })
print("bob's cart:", ok, err)

local denied = select(2, carts:delete("carol"))
print("kind:", denied:kind(), denied:kind() == errors.PERMISSION_DENIED)
print("retryable:", denied:retryable())

-- The details say who asked for what. Policies are changed in the registry, never from a script.
local details = denied:details()
print("action:", details.action)
print("resource:", details.resource)
print("actor:", details.actor)

-- A script that ends with `nil, err` has failed: the error and its details go to standard error, the exit code is 1.
if arg[1] == "fail" then
  return nil, denied
end
