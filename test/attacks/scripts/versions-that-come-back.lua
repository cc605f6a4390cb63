-- tries: Deletes and makes a key again, for a version to be used twice.
-- from: our threat model
-- expect: result "contained"
local s, seen = require("store").get("app:cache"), {}
for i = 1, 100 do
  local version = s:put("aba", i).version
  assert(not seen[version])
  seen[version] = true
  s:delete("aba")
end
return "contained"
