-- Arithmetic with floats.
local count = 0
for py = 0, 39 do
  for px = 0, 39 do
    local x0, y0, x, y, i = px / 20 - 1.5, py / 20 - 1, 0.0, 0.0, 0
    while x * x + y * y < 4 and i < 50 do
      x, y = x * x - y * y + x0, 2 * x * y + y0
      i = i + 1
    end
    count = count + i
  end
end
return count
