-- tries: Returns a string a thousand times, which is a thousand strings to JavaScript.
-- from: our threat model, found in our own search
-- expect: limit memory
local s, t = ("x"):rep(5e6), {}
for i = 1, 1000 do t[i] = s end
return t
