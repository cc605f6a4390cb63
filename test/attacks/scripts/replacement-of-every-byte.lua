-- tries: Replaces each byte of a long string by a long string.
-- from: our threat model
-- expect: limit memory, stringLength
local re = assert(require("text").regexp.compile("."))
return #re:replace_all_string(("a"):rep(2 ^ 19), ("x$0"):rep(1000))
