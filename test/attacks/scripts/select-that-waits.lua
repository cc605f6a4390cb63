-- tries: Leaves thousands of coroutines waiting in selects of the same channel.
-- from: our own search
-- expect: limit time, memory, coroutines | error 
local c = channel.new(0)
for i = 1, 900 do
  coroutine.spawn(function()
    local cases = {}
    for j = 1, 500 do cases[j] = c:case_receive() end
    channel.select(cases)
  end)
end
for i = 1, 900 do c:send(i) end
while true do c:send(1) end
