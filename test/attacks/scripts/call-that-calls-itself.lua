-- tries: Has a table as its own __call.
-- from: our own search
-- expect: result "contained"
local t = {}
setmetatable(t, { __call = t })
getmetatable(t).__call = setmetatable({}, { __call = t })
local ok, err = pcall(t)
assert(not ok)
return "contained"
