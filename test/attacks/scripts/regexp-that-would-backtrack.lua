-- tries: Searches with a pattern that backtracks for ever elsewhere, until time is up.
-- from: our threat model; CWE-1333
-- expect: limit time
local re = assert(require("text").regexp.compile("^(?:(?:a+)+)+[bc]$"))
local s = ("a"):rep(2 ^ 20)
while true do assert(not re:match_string(s)) assert(not re:find_string(s)) end
