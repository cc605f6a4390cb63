-- tries: Changes the libraries that all scripts share, by assignment and past it.
-- from: our threat model; CVE-2022-24735 (Redis, weak boundaries between users)
-- expect: result "contained"
local shared = { string, table, math, os, coroutine, utf8, errors, require("store"), require("security"), require("store").backend, getmetatable("") }
for i, t in ipairs(shared) do
  local key = next(t)
  assert(not pcall(function() t.poison = 1 end), i)
  assert(not pcall(function() t[key] = nil end), i)
  assert(not pcall(rawset, t, "poison", 1), i)
  assert(not pcall(rawset, t, key, nil), i)
  assert(not pcall(setmetatable, t, {}), i)
  assert(not pcall(table.insert, t, 1), i)
  assert(not pcall(table.move, { 1, 2 }, 1, 2, 1, t), i)
  pcall(table.remove, t) pcall(table.sort, t) pcall(table.sort, t, function() return true end)
  assert(not pcall(load("local t = ... t.poison = 1"), t), i)
  assert(not pcall(function() for k in pairs(t) do t[k] = print end end), i)
end
assert(string.poison == nil and ("").poison == nil)
return "contained"
