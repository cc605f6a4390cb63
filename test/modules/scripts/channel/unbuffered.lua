local ch, done, log = channel.new(), channel.new(1), {}

coroutine.spawn(function(name)
  log[#log + 1] = name .. " sends"
  ch:send("hello")
  log[#log + 1] = name .. " sent"
  done:send(true)
end, "spawned")

log[#log + 1] = "main receives"
same(ch:receive(), "hello")
log[#log + 1] = "main received"
same(done:receive(), true)
same(log, {"main receives", "spawned sends", "spawned sent", "main received"})

-- Who waits to send on a channel that is closed gets an error, who waits to receive gets nothing.
local closed, results = channel.new(), channel.new(2)
coroutine.spawn(function() results:send {pcall(closed.send, closed, 1)} end)
coroutine.spawn(function() closed:close() end)
local outcome = results:receive()
same(outcome[1], false)
same(outcome[2]:message(), "send on a closed channel")

local other = channel.new()
coroutine.spawn(function() other:close() end)
local value, ok = other:receive()
same({value, ok}, {[2] = false})
