-- tries: Gives all strings of all scripts another method, or another operator.
-- from: our threat model; CVE-2025-46818 (Redis, metatables of basic types)
-- expect: result "contained"
local mt = getmetatable("")
assert(not pcall(function() mt.__index = function() return print end end))
assert(not pcall(rawset, mt, "__add", print))
assert(not pcall(setmetatable, mt, {}))
assert(not pcall(setmetatable, "", {}))
for _, value in ipairs({ 1, true, print, coroutine.create(print) }) do
  assert(getmetatable(value) == nil)
  assert(not pcall(setmetatable, value, {}))
end
assert(getmetatable(nil) == nil)
return "contained"
