-- tries: Starts coroutines that start coroutines.
-- from: our own search
-- expect: limit time, memory, coroutines
local function f() coroutine.spawn(f) coroutine.spawn(f) require("time").sleep("1ms") end
f()
require("time").sleep("1h")
