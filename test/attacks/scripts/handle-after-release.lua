-- tries: Uses a handle after its release.
-- from: our threat model
-- expect: result "contained"
local s = require("store").get("app:cache")
assert(s:release() and s:release())
for _, method in ipairs({ "get", "set", "has", "delete", "entry", "put", "list", "info" }) do
  local value, err = s[method](s, method ~= "list" and "k" or nil, (method == "set" or method == "put") and 1 or nil)
  assert(value == nil and err:message() == "store is released", method)
end
return "contained"
