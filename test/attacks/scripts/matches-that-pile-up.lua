-- tries: Asks for all groups of all matches of a pattern that is all groups.
-- from: our threat model
-- expect: limit memory
local re = assert(require("text").regexp.compile(("()"):rep(450)))
return #re:find_all_string_submatch(("a"):rep(2 ^ 20))
