-- tries: Asks the policies about a string a thousand times.
-- from: our threat model
-- expect: limit memory
local s, t = ("x"):rep(5e6), {}
for i = 1, 1000 do t["k" .. i] = s end
return require("security").can("store.key.get", "app:cache", t)
