-- tries: Joins a table whose entries are made while it is joined.
-- from: our threat model
-- expect: limit memory, stringLength
local t = setmetatable({}, { __index = function(_, i) return ("x"):rep(1e5) .. i end, __len = function() return 1e5 end })
return table.concat(t)
