-- tries: Fails with a table that has the same part a great many times.
-- from: our own search
-- expect: error  | limit time, memory
local t = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }
for i = 1, 20 do t = { t, t, t, t, t, t, t, t, t, t } end
error(t)
