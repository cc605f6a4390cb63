-- tries: Reads a numeral of millions of digits, where a number is expected.
-- from: our threat model
-- expect: limit instructions
-- with: {"timeout": 15000, "instructions": 9000000}
local s = ("1"):rep(4e6)
while true do local _ = s + 0, tonumber(s), tonumber(s, 36) end
