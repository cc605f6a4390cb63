-- tries: Yields where it is not possible.
-- from: our threat model
-- expect: result "contained"
local co = coroutine.wrap(function()
  load(coroutine.yield)
  xpcall(error, coroutine.yield)
  table.sort({ 3, 2, 1 }, coroutine.yield)
  tostring(setmetatable({}, { __tostring = coroutine.yield }))
  return "inside"
end)
local said
for _ = 1, 20 do
  local ok, answer = pcall(co)
  said = answer
  if not ok or answer == "inside" then break end
end
assert(said == "inside" or tostring(said):find("yield") or tostring(said):find("tostring"))
assert(not pcall(coroutine.yield))
return "contained"
