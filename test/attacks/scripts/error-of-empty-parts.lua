-- tries: Fails with tables of nils, of which nothing is shown.
-- from: our own search
-- expect: error  | limit time, memory
local t = {}
for i = 1, 300000 do t["k" .. i] = i end
for k in pairs(t) do t[k] = nil end
t.last = 1
error(t)
