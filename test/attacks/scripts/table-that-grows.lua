-- tries: Fills a table. One of the twelve.
-- from: our threat model
-- expect: limit memory
-- grows by at most: 90
local t = {}
for i = 1, 1e9 do t[i] = i end
