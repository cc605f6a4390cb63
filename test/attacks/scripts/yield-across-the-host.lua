-- tries: Yields where it is not possible.
-- from: our threat model
-- expect: result "contained"
local co = coroutine.wrap(function()
  assert(not load(coroutine.yield))
  assert(not xpcall(error, coroutine.yield))
  return "inside"
end)
assert(co() == "inside")
assert(not pcall(coroutine.yield))
return "contained"
