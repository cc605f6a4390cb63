-- tries: Keeps tracebacks with long messages.
-- from: our own search
-- expect: limit memory
-- grows by at most: 150
local s, t = ("x"):rep(1e6), {}
for i = 1, 1000 do t[i] = debug.traceback(s) end
