-- tries: Subscribes again and again, and keeps what it gets.
-- from: our own search
-- expect: limit time, memory | error 
local events = require("events")
local t = {}
for i = 1, 1e9 do t[i] = assert(events.subscribe("s" .. i)) end
