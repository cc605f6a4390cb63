-- tries: Makes coroutines without end.
-- from: our threat model
-- expect: limit coroutines
local t = {}
while true do
  t[#t + 1] = coroutine.create(function() coroutine.yield() end)
end
