-- tries: Uses names that mean something in JavaScript for fields, locals, keys of stores and of records.
-- from: our own search
-- expect: result "contained"
local names = { "__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "toJSON", "length", "get", "set", "arguments", "eval", "await", "this", "null", "class" }
local s = require("store").get("app:cache")
local json = require("json")
for _, n in ipairs(names) do
  local t = {}
  assert(t[n] == nil)
  t[n] = { [n] = 1 }
  assert(load("local t = ... return t." .. n .. "." .. n)(t) == 1)
  s:set(n, t)
  assert(s:get(n)[n][n] == 1)
  assert(json.decode(json.encode(t))[n][n] == 1)
  local f = load("local " .. n .. " = 1 for i = 1, 100 do " .. n .. " = " .. n .. " + 1 end return " .. n)
  assert(f() == 101)
  assert(require("store")[n] == nil or n == "get")
  assert(s[n] == nil or n == "get" or n == "set")
end
return "contained"
