-- tries: Asks for what follows a key that was deleted, with all that followed it.
-- from: our threat model
-- expect: limit instructions
-- with: {"timeout": 15000, "instructions": 4000000, "memory": "256MiB"}
local t = {}
for i = 1, 1e5 do t[i] = true end
for i = 1, 1e5 - 1 do t[i] = nil end
while true do next(t, 1) end
