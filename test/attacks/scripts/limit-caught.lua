-- tries: Catches whatever ends it, in every way that Lua has.
-- from: our threat model
-- expect: limit instructions
-- with: {"timeout": 0, "instructions": 200000}
local function loop() while true do end end
while true do
  pcall(loop)
  xpcall(loop, loop)
  xpcall(error, pcall, loop)
  pcall(pcall, loop)
  coroutine.resume(coroutine.create(loop))
  pcall(coroutine.wrap(loop))
  pcall(table.sort, { 3, 2, 1 }, loop)
  pcall(string.gsub, "x", "x", loop)
  pcall(load, loop)
  pcall(tostring, setmetatable({}, { __tostring = loop }))
  pcall(function() for _ in loop do end end)
  pcall(select, loop())
end
