local time = require("time")

local before = time.now()
local ticker = time.ticker("10ms")
same(tostring(ticker), "time.Ticker")
local ticks = ticker:channel()
local last
for _ = 1, 4 do
  local t = ticks:receive()
  same(last == nil or last:before(t), true)
  last = t
end
same(last:sub(before):milliseconds() >= 37, true)

-- Of those that nobody took there is one.
time.sleep("60ms")
local function taken()
  return not channel.select {ticks:case_receive(), default = true}.default
end
same({taken(), taken()}, {true, false})

-- Who stops it gets no more, and not the one either that was there.
time.sleep("30ms")
same(ticker:stop(), true)
same(ticker:stop(), false)
same(taken(), false)
raises("deadlock", ticks.receive, ticks)

-- Beside others.
local fast, done = time.ticker(2 * time.MILLISECOND), time.after("50ms")
local count = 0
while true do
  local from = channel.select {done:case_receive(), fast:channel():case_receive()}.channel
  if from == done then break end
  count = count + 1
end
same(count >= 2 and count <= 30, true)

refused(errors.INVALID, "duration: a ticker's period must be at least 1ms, got 999.999µs", time.ticker(999999))
refused(errors.INVALID, "duration: a ticker's period must be at least 1ms, got 0s", time.ticker(0))
refused(errors.INVALID, "duration: a ticker's period must be at least 1ms, got -1s", time.ticker("-1s"))
refused(errors.INVALID, "duration: expected numbers with units", time.ticker("soon"))
