-- tries: Raises a value whose __tostring loops, for the host to show.
-- from: our threat model
-- expect: error (error object is a table value)
error(setmetatable({}, { __tostring = function() while true do end end, __name = "x" }))
