-- tries: to have a million tables made that are parts of one
-- from: our own search: 157 MiB at a limit of 32 MiB
-- expect: limit memory
-- grows by at most: 90
local s = "[" .. ("{},"):rep(999000) .. "{}]"
while true do require("json").decode(s) end
