-- Chunks that are compiled and run once, each with a text of its own.
local sum = 0
for i = 1, 300 do sum = sum + load("local a = ... return a + " .. i)(i) end
return sum
