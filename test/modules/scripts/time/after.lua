local time = require("time")

local before = time.now()
local ch = time.after("20ms")
same(tostring(ch), "channel.Channel{1}")
local t, ok = ch:receive()
same(ok, true)
same(t:sub(before):milliseconds() >= 19, true)
same(time.now():sub(t):milliseconds() < 1000, true)

-- At once, as far as the event loop goes: nobody has it before the script waits.
local now = time.after(0)
same(channel.select {now:case_receive(), default = true}.default, true)
same(select(2, now:receive()), true)
same(select(2, time.after("-1h"):receive()), true)

-- A time limit for whatever comes through a channel.
local function within(duration, source)
  local limit = time.after(duration)
  local result = channel.select {source:case_receive(), limit:case_receive()}
  return result.channel ~= limit and result.value or nil
end
local source = channel.new()
same(within("5ms", source), nil)
coroutine.spawn(function() time.sleep("5ms") source:send("in time") end)
same(within("500ms", source), "in time")

-- Two at the same time: the shorter one first, whichever was made first.
local long, short = time.after("40ms"), time.after("10ms")
same(channel.select {long:case_receive(), short:case_receive()}.channel, short)
same(channel.select {long:case_receive(), short:case_receive()}.channel, long)

-- It comes once. Then nobody has anything for the script: but for the half second from above, until it is over.
raises("deadlock", short.receive, short)

refused(errors.INVALID, "duration: expected numbers with units", time.after("soon"))
refused(errors.INVALID, "duration: expected a duration, a string or a number of nanoseconds, got nil", time.after())
