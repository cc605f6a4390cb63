-- tries: The same, within an instruction limit alone.
-- from: our threat model
-- expect: limit instructions
-- with: {"timeout": 0, "instructions": 100000}
local s = ("a"):rep(4e6)
return s:find(("a"):rep(1e6) .. "b" .. ("a"):rep(1e6), 1, true)
