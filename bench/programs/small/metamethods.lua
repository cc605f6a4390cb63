-- Vectors: arithmetic, comparison and calls by metamethods.
local Vector = {}
Vector.__index = Vector
local function vector(x, y) return setmetatable({ x = x, y = y }, Vector) end
function Vector.__add(a, b) return vector(a.x + b.x, a.y + b.y) end
function Vector.__eq(a, b) return a.x == b.x and a.y == b.y end
function Vector.__lt(a, b) return a.x < b.x end
function Vector.__call(self, by) return self.x * by end
local sum, one = vector(0, 0), vector(1, 2)
local less = 0
for i = 1, 10000 do
  sum = sum + one
  if one < sum and sum ~= one then less = less + one(2) end
end
return sum.x + sum.y + less
