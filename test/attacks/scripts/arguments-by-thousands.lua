-- tries: Passes as many arguments as it can, in recursion.
-- from: our own search
-- expect: error overflow | error too many | limit memory, time
local function f(...) return 1 + f(1, ...) end
return f()
