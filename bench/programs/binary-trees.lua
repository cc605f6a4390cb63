-- Small tables, made and forgotten.
local function tree(depth)
  if depth == 0 then return {} end
  return { tree(depth - 1), tree(depth - 1) }
end
local function count(node)
  return node[1] and 1 + count(node[1]) + count(node[2]) or 1
end
local total = 0
for depth = 4, 12, 4 do
  for _ = 1, 2 ^ (12 - depth) do total = total + count(tree(depth)) end
end
return total
