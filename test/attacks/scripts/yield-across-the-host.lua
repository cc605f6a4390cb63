-- tries: Yields where it is not possible.
-- from: our threat model
-- expect: result "contained"
local co = coroutine.wrap(function()
  assert(not pcall(table.sort, { 3, 2, 1 }, coroutine.yield))
  assert(not pcall(string.gsub, "x", "x", coroutine.yield))
  assert(not pcall(tostring, setmetatable({}, { __tostring = coroutine.yield })))
  return "inside"
end)
assert(co() == "inside")
assert(not pcall(coroutine.yield))
return "contained"
