-- tries: Finds all matches where the search for each goes to the end of the text.
-- from: our threat model; github.com/google/re2/issues
-- expect: limit time
local re = assert(require("text").regexp.compile("a.*[bc]|a"))
return #re:find_all_string(("a"):rep(2 ^ 20))
