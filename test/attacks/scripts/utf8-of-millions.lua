-- tries: Counts the characters of a long string, over and over.
-- from: our threat model
-- expect: limit instructions
-- with: {"timeout": 15000, "instructions": 3000000}
local s = ("x"):rep(1e6)
while true do utf8.len(s) utf8.offset(s, 1e6) end
