-- tries: Sorts a table that says that it has two thousand million entries.
-- from: our threat model
-- expect: limit memory, time
local t = setmetatable({}, { __len = function() return 2147483646 end, __index = function() return 1 end })
table.sort(t)
