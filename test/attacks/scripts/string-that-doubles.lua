-- tries: Doubles a string until memory ends. One of the twelve.
-- from: our threat model
-- expect: limit memory, stringLength
local s = "x"
while true do s = s .. s end
