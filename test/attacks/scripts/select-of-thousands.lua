-- tries: Waits for a great many cases at once, again and again.
-- from: our own search
-- expect: limit time, memory
local c = channel.new(0)
local cases = { default = true }
for i = 1, 20000 do cases[i] = c:case_receive() end
while true do channel.select(cases) end
