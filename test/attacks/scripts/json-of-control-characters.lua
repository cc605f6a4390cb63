-- tries: to have a string written as JSON in which each byte takes six
-- from: our own attack: 157 MiB at a limit of 32 MiB
-- expect: limit memory
local encode = require("json").encode
local s = ("\1"):rep(2700000)
while true do encode(s) end
