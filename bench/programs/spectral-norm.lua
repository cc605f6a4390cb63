-- Floats in arrays: the largest singular value of an infinite matrix, by its first rows.
local n = 60
local function a(i, j)
  local sum = i + j - 2
  return 1 / (sum * (sum + 1) / 2 + i)
end
local function times(v, transposed)
  local result = {}
  for i = 1, n do
    local sum = 0
    for j = 1, n do
      sum = sum + (transposed and a(j, i) or a(i, j)) * v[j]
    end
    result[i] = sum
  end
  return result
end
local u, v = {}, {}
for i = 1, n do u[i] = 1 end
for _ = 1, 5 do
  v = times(times(u), true)
  u = times(times(v), true)
end
local uv, vv = 0, 0
for i = 1, n do
  uv, vv = uv + u[i] * v[i], vv + v[i] * v[i]
end
return string.format("%.9f", math.sqrt(uv / vv))
