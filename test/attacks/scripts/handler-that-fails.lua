-- tries: Fails in the handler of an error, and in that of the handler's.
-- from: our threat model
-- expect: result "contained"
-- with: {"memory": 268435456}
local function handler() error("again") end
local ok, err = xpcall(error, handler, "x")
assert(not ok)
ok, err = xpcall(function() local function f() return f() + 1 end f() end, function(m) return xpcall(error, handler, m) end)
assert(not ok)
return "contained"
