-- tries: Raises a value whose __tostring loops, for the host to show.
-- from: our threat model
-- expect: limit time
error(setmetatable({}, { __tostring = function() while true do end end, __name = "x" }))
