-- tries: Asks a table for its length that was built so that it is counted one by one.
-- from: our threat model
-- expect: limit instructions
-- with: {"timeout": 15000, "instructions": 3000000, "memory": "256MiB"}
local t = {}
for i = 1, 1e5 do t[i] = i end
local power = 1
while power > 0 do t[power] = true power = power * 2 end
while true do local _ = #t end
