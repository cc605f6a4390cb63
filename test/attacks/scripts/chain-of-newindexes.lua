-- tries: Writes through a chain of __newindex tables that comes back to its beginning.
-- from: our own search
-- expect: result "contained"
local a, b = {}, {}
setmetatable(a, { __newindex = b })
setmetatable(b, { __newindex = a })
assert(not pcall(function() a.x = 1 end))
local c = setmetatable({}, {})
getmetatable(c).__index = c
assert(not pcall(function() return c.x end))
return "contained"
