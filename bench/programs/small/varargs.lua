-- Functions that take any number of values, pass them on, and count them.
local function count(...) return select("#", ...) end
local function first(...)
  local a, b = ...
  return a + b + count(...)
end
local sum = 0
for i = 1, 30000 do sum = sum + first(i, 2, 3) end
return sum
