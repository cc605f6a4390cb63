-- tries: Stores a string a thousand times in one value, which is a thousand strings in any backend that keeps bytes.
-- from: our threat model
-- expect: limit memory, storeBytes
local s, t = ("x"):rep(5e6), {}
for i = 1, 1000 do t[i] = s end
return require("store").get("app:cache"):set("k", t)
