-- The sum of variable arguments, one `select` for each.
local function sum(...)
  local total = 0
  for i = 1, select("#", ...) do total = total + (select(i, ...)) end
  return total
end
local total = 0
for i = 1, 5000 do total = total + sum(i, 2, 3, 4, 5, 6) end
return total
