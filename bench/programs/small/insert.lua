-- A list that is used as a stack, and as a queue.
local stack, sum = {}, 0
for i = 1, 20000 do table.insert(stack, i) end
while #stack > 0 do sum = sum + table.remove(stack) end
local queue = {}
for i = 1, 100 do table.insert(queue, 1, i) end
for _ = 1, 100 do sum = sum + table.remove(queue, 1) end
return sum
