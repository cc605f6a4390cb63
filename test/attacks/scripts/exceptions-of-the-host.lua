-- tries: Makes the libraries throw what is no Lua error, and looks at what it catches.
-- from: our threat model; CVE-2023-29017, CVE-2023-30547 (vm2: exceptions that were not sanitised)
-- expect: result "contained"
local calls = {
  function() return ("% d"):format(5) end, function() return ("%5s"):format("\xff") end, function() return os.time({ year = 2040, month = 1, day = 1 }) end,
  function() return string.packsize("s") end, function() return string.packsize("z") end, function() return table.insert({}, 1, 2, 3) end,
  function() return table.insert({}) end, function() return utf8.codepoint("\xff") end, function() return utf8.offset("\x80", 1) end,
  function() for _ in utf8.codes("\xff") do end end, function() return string.byte(("x"):rep(3e5), 1, -1) end, function() return ("x"):rep(1e300) end,
  function() return string.char(256) end, function() return string.char(-1) end, function() return utf8.char(-1) end, function() return utf8.char(2 ^ 31) end,
  function() return string.pack("i17", 1) end, function() return string.pack("Xi", 1) end, function() return string.unpack("i16", ("\xff"):rep(16)) end,
  function() return math.random(0) end, function() return math.random(2, 1) end, function() return tostring() end, function() return select(0) end,
  function() return setmetatable({}, { __tostring = function() return 1 end }) .. "" end, function() return load({}) end,
  function() return tostring(setmetatable({}, { __tostring = function() return {} end })) end, function() return tostring(setmetatable({}, { __name = {} })) end,
  function() return os.date("%") end, function() return os.date("%Ez") end, function() return os.date("*t", 1e300) end, function() return os.date("!%c", -1e15) end,
}
for i, call in ipairs(calls) do
  local ok, err = pcall(call)
  local shown = tostring(err)
  assert(type(err) ~= "userdata", i .. ": " .. shown)
  for _, word in ipairs({ "TypeError", "RangeError", "at Object", "node:", ".js", ".ts", "undefined", "/src/", "node_modules" }) do
    assert(not shown:find(word, 1, true), i .. ": " .. shown)
  end
end
return "contained"
