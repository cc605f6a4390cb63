-- tries: Asks for tracebacks deep within a recursion, with long messages.
-- from: our own search
-- expect: limit time, memory | error overflow
local s = ("x"):rep(1e5)
local function f(n) if n > 0 then return 1 + f(n - 1) end while true do debug.traceback(s, 1) debug.getinfo(1, "nSl") end end
return f(5000)
