-- tries: Keeps a great many short strings as keys.
-- from: our own search
-- expect: limit memory
local t = {}
for i = 1, 1e9 do t["k" .. i] = true end
