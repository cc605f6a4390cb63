-- Closures that are made, called, and that keep state.
local function counter(step)
  local n = 0
  return function()
    n = n + step
    return n
  end
end
local sum = 0
for i = 1, 20000 do
  local next = counter(i)
  sum = sum + next() + next()
end
return sum
