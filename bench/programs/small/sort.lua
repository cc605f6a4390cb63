-- Sorting, by the order of numbers and by a function.
local function list()
  local t = {}
  for i = 1, 3000 do t[i] = i * 7919 % 3001 end
  return t
end
local a, b = list(), list()
table.sort(a)
table.sort(b, function(x, y) return x > y end)
return a[1] + b[1] + a[1500]
