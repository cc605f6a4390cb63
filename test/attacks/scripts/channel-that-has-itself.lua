-- tries: Sends a channel through itself, and coroutines that wait for it.
-- from: our own search
-- expect: result "contained"
local c = channel.new(10)
c:send(c)
assert(c:receive() == c)
for i = 1, 100 do coroutine.spawn(function() c:send(function() return c end) end) end
for i = 1, 100 do c:receive() end
return "contained"
