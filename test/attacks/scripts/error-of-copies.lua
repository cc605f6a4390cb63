-- tries: Raises a table with a string a thousand times in it.
-- from: our threat model, found in our own search
-- expect: error (error object is a table value)
local s, t = ("x"):rep(5e6), {}
for i = 1, 1000 do t["k" .. i] = s end
error(t)
