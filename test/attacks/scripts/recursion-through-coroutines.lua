-- tries: Recurses by starting a coroutine in each coroutine.
-- from: our own search
-- expect: error script | limit memory, coroutines
local function f() return coroutine.wrap(f)() end
return f()
