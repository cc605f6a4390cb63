-- tries: Sends a hundred thousand values at once through coroutines.
-- from: our own search
-- expect: error stack overflow
local t = {}
for i = 1, 100000 do t[i] = i end
local co = coroutine.wrap(function(...) while true do coroutine.yield(...) end end)
while true do co(table.unpack(t)) end
