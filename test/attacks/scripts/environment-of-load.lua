-- tries: Loads code into other environments, to reach what its own lacks.
-- from: our threat model
-- expect: result "contained"
assert(load("return _G", "x", "t", {})() == nil)
assert(load("return io or dofile", "x", "t", setmetatable({}, { __index = _G }))() == nil)
assert(load("return _ENV", "x", "t", nil)() == nil)
assert(load("return ...")(1) == 1)
assert(not pcall(load("return print", "x", "t", string.rep)))
local env = load("return _ENV")()
assert(env == _G)
return "contained"
