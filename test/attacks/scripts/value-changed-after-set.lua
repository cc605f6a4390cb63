-- tries: Changes a table after it was stored, and after it was read.
-- from: our threat model
-- expect: result [1]
local s = require("store").get("app:cache")
local t = { 1 }
s:set("k", t)
t[1] = 2
s:get("k")[1] = 3
return s:get("k")
