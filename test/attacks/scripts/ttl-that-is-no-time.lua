-- tries: Gives times that are none.
-- from: our threat model
-- expect: result "contained"
local s = require("store").get("app:cache")
for _, ttl in ipairs({ -1, 0 / 0, 1 / 0, -1 / 0, 1e308, "1", true, {} }) do
  local ok, err = s:set("ttl", 1, ttl)
  assert(ok == nil and err:kind() == errors.INVALID, tostring(ttl))
end
assert(s:get("ttl") == nil)
assert(s:set("ttl", 1, 1e300))
return "contained"
