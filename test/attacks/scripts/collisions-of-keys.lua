-- tries: Fills a table with integers that hash alike.
-- from: our threat model
-- expect: limit time, memory, instructions | result "contained"
-- with: {"timeout": 5000}
local t = {}
for i = 1, 20000 do t[i * 65536 % 2147483647] = i end
for i = 1, 20000 do local _ = t[i * 65536 % 2147483647] end
return "contained"
