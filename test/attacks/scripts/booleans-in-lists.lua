-- tries: Keeps a list of mixed values, so that each has a tag.
-- from: our own search
-- expect: limit memory
local t = {}
for i = 1, 1e9 do t[i] = i % 2 == 0 or i end
