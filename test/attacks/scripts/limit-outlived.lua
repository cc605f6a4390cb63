-- tries: Leaves a coroutine, a finalizer and a closure to go on when it was stopped.
-- from: our threat model
-- expect: limit instructions
-- with: {"timeout": 0, "instructions": 50000}
local co = coroutine.wrap(function() while true do coroutine.yield() print("alive") end end)
setmetatable({}, { __gc = function() print("alive") end })
getmetatable(setmetatable({}, { __close = co, __mode = "k" }))
while true do end
