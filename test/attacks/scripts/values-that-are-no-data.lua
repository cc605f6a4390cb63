-- tries: Stores cycles, depths, functions, coroutines, handles, NaN as a key.
-- from: our threat model
-- expect: result "contained"
-- with: {"memory": 268435456}
local s = require("store").get("app:cache")
local cycle = {} cycle[1] = cycle
local deep = {} for i = 1, 5e3 do deep = { deep } end
local big = {} for i = 1, 20 do big = { big, big } end
for _, v in ipairs({ cycle, deep, big, { print }, { coroutine.create(print) }, { s }, { [cycle] = 1 }, { [print] = 1 } }) do
  local ok, err = s:set("k", v)
  assert(ok == nil and err:kind() == errors.INVALID)
end
assert(select("#", pcall(function() return { [0 / 0] = 1 } end)) == 2)
return "contained"
