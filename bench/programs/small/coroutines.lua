-- A generator: a switch there and back for each value.
local function numbers(n)
  return coroutine.wrap(function()
    for i = 1, n do coroutine.yield(i) end
  end)
end
local sum = 0
for i in numbers(15000) do sum = sum + i end
local co = coroutine.create(function(a)
  while true do a = coroutine.yield(a + 1) end
end)
for i = 1, 5000 do
  local _, value = coroutine.resume(co, i)
  sum = sum + value
end
return sum
