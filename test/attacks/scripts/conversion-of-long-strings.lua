-- tries: Turns strings of millions of bytes to upper case, over and over.
-- from: our threat model
-- expect: limit instructions
-- with: {"timeout": 15000, "instructions": 3000000}
local s = ("x"):rep(1e6)
while true do s:upper() s:lower() s:reverse() end
