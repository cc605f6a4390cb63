-- tries: Loops over a store until the time is up: each call is as slow as it can be made.
-- from: our threat model
-- expect: limit time
local s = require("store").get("app:cache")
for i = 1, 100 do s:set("many" .. i, { i, { i } }) end
while true do s:list({ limit = 1000 }) end
