-- tries: Puts metatables on its globals, and reads what is not there.
-- from: our own search
-- expect: result "contained"
setmetatable(_G, { __index = function(t, k) return k end, __newindex = function(t, k, v) rawset(t, k, v) end })
assert(undefined == "undefined")
x = 1
local ok = pcall(setmetatable, string, {})
assert(not ok)
setmetatable(_G, nil)
return "contained"
