-- tries: Makes loggers with thousands of fields.
-- from: our own search
-- expect: limit time, memory
local logger = require("logger")
local t = {}
for i = 1, 1000 do t["field" .. i] = i end
local all = {}
while true do all[#all + 1] = logger:with(t) logger:info("x", t) end
