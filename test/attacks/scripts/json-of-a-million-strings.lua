-- tries: to have a million strings made of a text, of which none is the script's until all are there
-- from: our own search: 349 MiB at a limit of 32 MiB
-- expect: limit memory
-- grows by at most: 90
local s = "[" .. ('"a",'):rep(999000) .. "1]"
return #require("json").decode(s)
