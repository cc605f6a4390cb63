-- tries: Loops in a finalizer, which would run while nobody counts.
-- from: our threat model; lua-users.org/wiki/SandBoxes
-- expect: limit time
setmetatable({}, { __gc = function() while true do end end })
collectgarbage()
while true do end
