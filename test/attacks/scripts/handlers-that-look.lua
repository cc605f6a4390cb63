-- tries: Fails in handlers that look at the stack that fails.
-- from: our own search
-- expect: result "contained"
local function deep(n) if n == 0 then error("x") end return 1 + deep(n - 1) end
for i = 1, 20 do
  local ok, trace = xpcall(deep, function(m) return debug.traceback(coroutine.create(deep)) .. debug.traceback(m, i) end, 500)
  assert(not ok and #trace < 1e6)
end
return "contained"
