-- tries: Compares a long capture with itself at each place.
-- from: our threat model
-- expect: limit time, instructions
-- with: {"timeout": 400, "instructions": 10000000}
local s = ("a"):rep(3e5)
return s:find("(a*)b%1c")
