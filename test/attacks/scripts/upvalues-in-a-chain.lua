-- tries: Keeps a chain of closures, each of which has the one before.
-- from: our own search
-- expect: limit memory
local f
while true do local g = f f = function() return g end end
