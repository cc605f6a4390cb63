-- tries: Uses the names of JavaScript's objects as keys, fields and attributes.
-- from: our threat model
-- expect: result "contained"
local s, security = require("store").get("app:cache"), require("security")
for _, name in ipairs({ "__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf", "length", "then" }) do
  assert(s:get(name) == nil and s:has(name) == false)
  assert(s:set(name, { [name] = { [name] = 1 } }))
  assert(s:get(name)[name][name] == 1)
  security.can(name, name, { [name] = { [name] = "x" } })
  assert(not pcall(require, name))
  assert(_G[name] == nil and ({})[name] == nil and ("")[name] == nil)
  local e = errors.new({ message = name, kind = name, details = { [name] = name } })
  assert(e:kind() == name and e:details()[name] == name)
  assert(select(2, require("store").get(name)):kind() ~= errors.INTERNAL)
  s:delete(name)
end
return "contained"
