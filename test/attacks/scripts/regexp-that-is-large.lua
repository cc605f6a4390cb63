-- tries: Searches a long text with all that a pattern may be, within one call.
-- from: our threat model; CWE-1333
-- expect: limit time
local re = assert(require("text").regexp.compile(("()"):rep(100) .. "(?:.?){1000}[yz]"))
return re:find_string_submatch(("a"):rep(2 ^ 22))
