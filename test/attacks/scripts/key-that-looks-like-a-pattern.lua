-- tries: Uses the characters of patterns in keys, for a policy to take them for its own.
-- from: our threat model
-- expect: result "contained"
local s = require("store").get("app:guarded")
local function denied(value, err) assert(value == nil and err:kind() == errors.PERMISSION_DENIED, tostring(err)) end
assert(s:set("mine:1", 1))
for _, key in ipairs({ "*", "mine", "min?:1", "yours:1", ".*", "mine\0:1", "Mine:1", " mine:1", "\nmine:1", "yours\nmine:1" }) do
  denied(s:get(key)) denied(s:set(key, 1)) denied(s:delete(key)) denied(s:has(key)) denied(s:entry(key)) denied(s:put(key, 1))
end
for _, entry in ipairs(s:list().items) do assert(entry.key:sub(1, 5) == "mine:") end
return "contained"
