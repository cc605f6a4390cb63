-- tries: Fails with a table of a hundred thousand parts.
-- from: our own search
-- expect: error  | limit time, memory
local t = {}
for i = 1, 100000 do t[i] = { i } end
error(t)
