-- Strings that are put together: by an operator, and from a list.
local list = {}
for i = 1, 15000 do list[i] = "key:" .. i .. ";" end
local text = table.concat(list, ",")
local line = ""
for i = 1, 1000 do line = line .. "x" end
return #text + #line
