-- tries: Keeps many compiled patterns, with what their searches leave in them.
-- from: our threat model
-- expect: limit memory
local kept = {}
for i = 1, 1e6 do
  kept[i] = assert(require("text").regexp.compile("[a-z]+" .. i .. "(a|b){1,20}"))
  kept[i]:match_string("abc")
end
