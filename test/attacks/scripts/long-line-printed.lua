-- tries: Prints a line that is far larger than its parts.
-- from: our threat model
-- expect: limit stringLength, memory
local s = ("x"):rep(3e7)
print(s, s, s, s, s, s, s, s, s, s)
