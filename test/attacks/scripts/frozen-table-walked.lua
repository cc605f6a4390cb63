-- tries: Walks over a shared table, changing it on the way.
-- from: our threat model
-- expect: result "contained"
for k in pairs(string) do pcall(function() string[k] = nil end) end
local n = 0
for _ in pairs(string) do n = n + 1 end
assert(n == 16 and next({}) == nil)
assert(not pcall(next, string, "no such key"))
return "contained"
