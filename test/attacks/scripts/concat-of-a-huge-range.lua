-- tries: Joins two thousand million entries that read as "".
-- from: our threat model
-- expect: limit time | limit memory
local t = setmetatable({}, { __index = function() return "" end })
return table.concat(t, "", 1, 2147483647)
