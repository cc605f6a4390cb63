-- tries: to get half a million tables out of a store by one call
-- from: our own search: 142 MiB at a limit of 32 MiB
-- expect: result "contained"
-- grows by at most: 130
local s = require("store").get("app:cache")
local t, keys = {}, {}
for i = 1, 5000 do t[i] = {} end
for i = 1, 100 do
  keys[i] = "key" .. i
  s:set(keys[i], t)
end
local values, err = s:get_many(keys)
assert(values == nil and err:kind() == "Invalid", err)
return "contained"
