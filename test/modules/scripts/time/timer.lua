local time = require("time")

local timer = time.timer("10ms")
same(tostring(timer), "time.Timer")
same(timer:channel() == timer:channel(), true)
same(select(2, timer:channel():receive()), true)
same(timer:stop(), false) -- somebody has its time already

-- One that was stopped never comes.
timer = time.timer("5ms")
same(timer:stop(), true)
same(timer:stop(), false)
same(channel.select {timer:channel():case_receive(), time.after("20ms"):case_receive()}.channel ~= timer:channel(), true)
raises("deadlock", timer:channel().receive, timer:channel())

-- Not even when it was up, if nobody took its time.
timer = time.timer("1ms")
time.sleep("20ms")
same(timer:stop(), true)
raises("deadlock", timer:channel().receive, timer:channel())

-- Put off, before and after it is up.
local before = time.now()
timer = time.timer("10ms")
same(timer:reset("30ms"), true)
same(timer:channel():receive():sub(before):milliseconds() >= 29, true)
same(timer:reset("1ms"), false)
time.sleep("20ms")
same(timer:reset("20ms"), true)
same(timer:channel():receive():sub(before):milliseconds() >= 69, true)

-- While one waits for it, another can stop it: then it waits for whoever else has something.
timer = time.timer("1h")
local out = channel.new()
coroutine.spawn(function() out:send(timer:reset(0)) end)
same(out:receive(), true)
same(select(2, timer:channel():receive()), true)

-- Its channel is one like any other.
timer = time.timer("5ms")
timer:channel():close()
same(select(2, timer:channel():receive()), false)
time.sleep("10ms")

refused(errors.INVALID, "duration: expected numbers with units", time.timer("soon"))
refused(errors.INVALID, "duration: expected a duration, a string or a number", timer:reset({}))
