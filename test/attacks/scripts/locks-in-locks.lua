-- tries: Takes the same lock again and again, and keeps handles of locks.
-- from: our own search
-- expect: limit time, memory | error 
local s = require("store").get("app:cache")
local t = {}
for i = 1, 1e9 do t[i] = s:lock("l" .. i, { ttl = "1h" }) end
