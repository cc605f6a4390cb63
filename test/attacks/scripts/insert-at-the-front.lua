-- tries: Inserts at the front of a table that says that it is huge.
-- from: our threat model
-- expect: limit time
table.insert(setmetatable({}, { __len = function() return 2147483645 end }), 1, 1)
