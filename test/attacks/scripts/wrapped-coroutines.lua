-- tries: Keeps functions of coroutine.wrap.
-- from: our threat model
-- expect: limit coroutines, memory
local t = {}
while true do t[#t + 1] = coroutine.wrap(function() end) end
