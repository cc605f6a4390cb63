-- tries: Keeps deep stacks of suspended coroutines.
-- from: our threat model
-- expect: limit memory
local t = {}
local function deep(n)
  if n == 0 then coroutine.yield() else return 1 + deep(n - 1) end
end
while true do
  local co = coroutine.create(deep)
  coroutine.resume(co, 1000)
  t[#t + 1] = co
end
