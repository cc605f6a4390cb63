-- tries: Sorts the same table in the comparator of its sort, and so on.
-- from: our own search
-- expect: error  | limit time
local t = {}
for i = 1, 100 do t[i] = (i * 37) % 101 end
local function less(a, b) table.sort(t, less) return a < b end
table.sort(t, less)
