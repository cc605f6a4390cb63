-- tries: Hides a handle where the next script might find it.
-- from: our threat model
-- expect: result "contained"
local s = require("store").get("app:cache")
for _, place in ipairs({ _G, string, table, math, os, coroutine, utf8, errors, require("store"), require("security"), getmetatable("") }) do
  if place ~= _G then assert(not pcall(rawset, place, "kept", s)) end
  pcall(function() place.kept = s end)
end
return "contained"
