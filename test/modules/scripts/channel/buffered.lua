assert(channel == require("channel"))

local ch = channel.new(3)
same(tostring(ch), "channel.Channel{3}")
same(ch:send(1), true)
same(ch:send("two"), true)
local f = function() end
same(ch:send(f), true)

local function received(...) return {n = select("#", ...), ...} end
same(received(ch:receive()), {n = 2, 1, true})
same(received(ch:receive()), {n = 2, "two", true})
same(ch:receive(), f) -- values are what they are, and no copies

ch:send(nil)
same(received(ch:receive()), {n = 2, nil, true})

-- What lies in a channel that was closed can still be taken.
ch:send(1)
ch:close()
ch:close()
same(received(ch:receive()), {n = 2, 1, true})
same(received(ch:receive()), {n = 2, nil, false})
raises("send on a closed channel", ch.send, ch, 1)

-- Many values, in order.
local many = channel.new(1000)
for i = 1, 1000 do many:send(i) end
for i = 1, 1000 do same(many:receive(), i) end
