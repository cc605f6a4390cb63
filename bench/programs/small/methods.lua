-- Objects with methods, and one class that inherits from another.
local Point = {}
Point.__index = Point
function Point.new(x, y) return setmetatable({ x = x, y = y }, Point) end
function Point:move(dx) self.x = self.x + dx end
function Point:length() return self.x * self.x + self.y * self.y end
local Pixel = setmetatable({}, { __index = Point })
Pixel.__index = Pixel
local p, q, sum = Point.new(1, 2), setmetatable({ x = 1, y = 1 }, Pixel), 0
for i = 1, 30000 do
  p:move(1)
  q:move(-1)
  sum = sum + p:length() % 10 + q:length() % 7
end
return sum
