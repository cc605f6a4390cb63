local a, b = channel.new(1), channel.new(1)

-- The first that can be done, in the order given.
b:send("b")
local r = channel.select {a:case_receive(), b:case_receive()}
assert(r.channel == b and r.channel ~= a)
same(r.value, "b")
same(r.ok, true)
a:send(1)
b:send(2)
same(channel.select({a:case_receive(), b:case_receive()}).value, 1)
same(channel.select({a:case_receive(), b:case_receive()}).value, 2)

-- A case that sends.
r = channel.select {a:case_receive(), b:case_send("sent")}
assert(r.channel == b and r.value == "sent" and r.ok)
same(b:receive(), "sent")

-- Nothing to do now.
same(channel.select {a:case_receive(), default = true}, {default = true, ok = true})
a:send(1)
same(channel.select({a:case_receive(), default = true}).value, 1)

-- It waits for whichever comes first, and leaves the others alone.
local x, y, done = channel.new(), channel.new(), channel.new(1)
coroutine.spawn(function()
  local first = channel.select {x:case_receive(), y:case_receive()}
  local second = channel.select {x:case_receive(), y:case_receive()}
  done:send {first.value, first.channel == y, second.value, second.channel == x}
end)
y:send("from y")
x:send("from x")
same(done:receive(), {"from y", true, "from x", true})

-- One that sends and one that receives meet.
coroutine.spawn(function() channel.select {x:case_send("selected"), y:case_receive()} end)
same(x:receive(), "selected")

-- A channel that is closed is ready to be received from.
a:close()
r = channel.select {a:case_receive()}
assert(r.channel == a and r.ok == false and r.value == nil)
raises("send on a closed channel", channel.select, {a:case_send(1), default = true})

raises("select: expected a table of cases", channel.select)
raises("select: item 2 is not a case", channel.select, {b:case_receive(), b})
raises("without a case it would wait forever", channel.select, {})
raises("size: expected 0 or more, got -1", channel.new, -1)
raises("size: expected a whole number, got string", channel.new, "x")
raises("calling 'receive' on bad self (channel.Channel expected; use ':')", function() b.receive() end)
