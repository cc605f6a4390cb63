-- tries: The same as a thousand results.
-- from: our threat model
-- expect: limit memory
local s, t = ("x"):rep(5e6), {}
for i = 1, 1000 do t[i] = s end
return table.unpack(t)
