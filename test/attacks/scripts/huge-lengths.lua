-- tries: Works on a table that says that it has a thousand million entries.
-- from: our threat model
-- expect: limit time
local t = setmetatable({}, { __len = function() return 1e9 end })
while true do pcall(table.insert, t, 1, "x") pcall(table.remove, t, 1) pcall(table.move, t, 1, 1e9, 2, {}) pcall(table.sort, t) end
