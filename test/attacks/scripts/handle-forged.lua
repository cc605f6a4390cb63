-- tries: Makes a table that looks like a handle, and gives methods something else for self.
-- from: our threat model
-- expect: result "contained"
local s = require("store").get("app:cache")
local get = s.get
local fakes = { {}, setmetatable({}, { __index = s }), 1, "x", print, coroutine.create(print), errors.new("x"), require("security").actor(), nil }
for i = 1, 9 do
  local ok, err = pcall(get, fakes[i], "k")
  assert(not ok and tostring(err):find("bad self", 1, true), tostring(err))
end
assert(not pcall(setmetatable, {}, getmetatable(s)))
return "contained"
