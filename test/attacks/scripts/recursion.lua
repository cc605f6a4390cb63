-- tries: Recurses without end. One of the twelve.
-- from: our threat model
-- expect: error stack overflow | limit memory
local function f() return 1 + f() end
return f()
