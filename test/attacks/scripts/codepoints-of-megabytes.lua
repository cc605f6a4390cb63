-- tries: Asks for all code points of a string of megabytes at once.
-- from: our own search
-- expect: error  | limit memory, time
local s = ("ä"):rep(2^20)
return utf8.codepoint(s, 1, -1)
