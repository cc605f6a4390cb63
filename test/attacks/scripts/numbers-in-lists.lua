-- tries: Keeps lists of floats.
-- from: our own search
-- expect: limit memory
local t = {}
for i = 1, 1e9 do t[i] = i + 0.5 end
