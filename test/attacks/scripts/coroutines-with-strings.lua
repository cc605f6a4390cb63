-- tries: Keeps strings on the stacks of suspended coroutines.
-- from: our threat model
-- expect: limit memory
local t = {}
while true do
  local co = coroutine.wrap(function()
    local s = ("x"):rep(1e5) .. #t
    coroutine.yield()
    return s
  end)
  co()
  t[#t + 1] = co
end
