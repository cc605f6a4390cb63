-- tries: Joins a table into a string far larger than the table.
-- from: our threat model
-- expect: limit memory, stringLength
local t = {}
for i = 1, 1e5 do t[i] = ("x"):rep(1e4) end
return table.concat(t)
