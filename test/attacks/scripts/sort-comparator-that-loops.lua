-- tries: Loops in a comparator of sort.
-- from: our threat model
-- expect: limit time
local t = {}
for i = 1, 100 do t[i] = i end
while true do
  pcall(table.sort, t, function() while true do end end)
end
