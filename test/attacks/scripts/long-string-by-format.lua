-- tries: Puts a long string together by format.
-- from: our threat model
-- expect: limit stringLength, memory
local s = ("x"):rep(3e7)
return ("%s%s%s%s"):format(s, s, s, s)
