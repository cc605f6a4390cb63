-- tries: Answers nil and a table with a string a thousand times in it.
-- from: our threat model
-- expect: limit memory | error {"k1":"xxx
local s, t = ("x"):rep(5e6), {}
for i = 1, 1000 do t["k" .. i] = s end
return nil, t
