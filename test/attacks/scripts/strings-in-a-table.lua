-- tries: Fills a table with strings.
-- from: our threat model
-- expect: limit memory
local t = {}
for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end
