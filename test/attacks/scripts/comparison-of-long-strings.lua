-- tries: Compares strings of millions of bytes, over and over.
-- from: our threat model
-- expect: limit instructions
-- with: {"timeout": 15000, "instructions": 1000000}
local a, b = ("x"):rep(4e6) .. "a", ("x"):rep(4e6) .. "b"
while true do local _ = a < b, a == b end
