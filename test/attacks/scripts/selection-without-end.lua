-- tries: Goes through its arguments by select, which is quadratic.
-- from: our own search
-- expect: limit time
local t = {}
for i = 1, 50000 do t[i] = i end
local function f(...) local n = 0 for i = 1, select("#", ...) do n = n + (select(i, ...)) end return n end
while true do f(table.unpack(t)) end
