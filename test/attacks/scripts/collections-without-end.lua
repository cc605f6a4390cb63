-- tries: Asks for garbage to be collected, again and again, with much in memory.
-- from: our own search
-- expect: limit time
local t = {}
for i = 1, 50000 do t[i] = {} end
while true do collectgarbage() end
