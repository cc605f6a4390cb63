-- Protected calls that succeed.
local function add(a, b) return a + b end
local sum = 0
for i = 1, 30000 do
  local ok, value = pcall(add, i, 1)
  if ok then sum = sum + value end
end
return sum
