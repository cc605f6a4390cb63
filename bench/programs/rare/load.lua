-- Chunks that are compiled and run once, the same text again and again.
local sum = 0
for i = 1, 300 do sum = sum + load("local a = ... return a + 1")(i) end
return sum
