-- tries: Reads and changes the metatable of a handle.
-- from: our threat model
-- expect: result "contained"
for _, handle in ipairs({ require("store").get("app:cache"), errors.new("x"), require("security").actor(), require("security").scope() }) do
  assert(getmetatable(handle) == false)
  assert(not pcall(setmetatable, handle, {}))
  assert(not pcall(rawget, handle, 1) and not pcall(rawset, handle, 1, 1) and not pcall(rawlen, handle) and not pcall(next, handle))
  assert(not pcall(pairs, handle) or not pcall(function() for _ in pairs(handle) do end end))
  assert(not pcall(function() handle.x = 1 end))
  for _, name in ipairs({ "__index", "__gc", "__metatable", "constructor", "data", "__proto__", "then" }) do
    local ok, value = pcall(function() return handle[name] end)
    assert(not ok or value == nil, name)
  end
end
return "contained"
