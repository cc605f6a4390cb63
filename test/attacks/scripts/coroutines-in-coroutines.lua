-- tries: Nests coroutines without end, swallowing the error of each.
-- from: our threat model; CVE-2021-43519 (Lua 5.4, lua_resume overflowed the stack)
-- expect: limit coroutines, memory, time | result "contained"
local function nest()
  local ok = coroutine.resume(coroutine.create(nest))
  return ok
end
nest()
return "contained"
