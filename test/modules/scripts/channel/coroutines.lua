-- A wait inside coroutines of the script's own, inside pcall, and in an iterator: the script sees a plain call.
local ch = channel.new()
coroutine.spawn(function() for i = 1, 6 do ch:send(i) end end)

local co = coroutine.wrap(function()
  coroutine.yield(ch:receive())
  coroutine.yield((select(2, pcall(ch.receive, ch))))
  local inner = coroutine.create(function() return ch:receive() end)
  coroutine.yield((select(2, coroutine.resume(inner))))
end)
same({co(), co(), co()}, {1, 2, 3})

local got = {}
for v in function() local v = ch:receive() return v < 6 and v or nil end do got[#got + 1] = v end
same(got, {4, 5})

-- A callback of gsub and of sort may wait as well.
coroutine.spawn(function() ch:send("there") ch:send(true) end)
same((("x"):gsub("x", function() return (ch:receive()) end)), "there")
local list = {2, 1}
table.sort(list, function(a, b) return a < b and (ch and true) end)
same(list, {1, 2})
same(ch:receive(), true)

-- The coroutine of a spawned function is its main thread, as the script's own is.
local out = channel.new()
coroutine.spawn(function()
  local _, main = coroutine.running()
  out:send {main, coroutine.isyieldable(), (pcall(coroutine.yield))}
end)
same(out:receive(), {true, false, false})
