-- tries: Walks over everything that can be reached, for anything of JavaScript.
-- from: our threat model; CVE-2022-36067, CVE-2023-29017 and their likes (vm2: objects of the host reached by exceptions and stacks); figma.com/blog/an-update-on-plugin-security
-- expect: result "contained"
local known = { ["nil"] = true, boolean = true, number = true, string = true, table = true, ["function"] = true, thread = true, userdata = true }
local seen, count = {}, 0
local words = { "constructor", "prototype", "__proto__", "__defineGetter__", "apply", "call", "bind", "arguments", "caller", "toString", "then", "Symbol" }
local function walk(value, path)
  assert(known[type(value)], path)
  if type(value) == "userdata" then
    for _, word in ipairs(words) do
      local ok, found = pcall(function() return value[word] end)
      assert(not ok or found == nil, path .. "." .. word)
    end
    for _, f in ipairs({ function() return value() end, function() return #value end, function() return -value end, function() return value + 1 end, function() value.x = 1 end }) do
      assert(not pcall(f), path)
    end
  elseif type(value) == "function" then
    for _, word in ipairs(words) do assert(not pcall(function() return value[word] end), path) end
  end
  if type(value) ~= "table" or seen[value] then return end
  seen[value] = true
  count = count + 1
  for k, v in next, value do walk(k, path .. "." .. tostring(k)) walk(v, path .. "." .. tostring(k)) end
  walk(getmetatable(value), path .. "<metatable>")
end
walk(_G, "_G")
walk(getmetatable(""), '""')
for _, name in ipairs({ "store", "errors", "security" }) do walk(require(name), name) end
for _, handle in ipairs({ require("store").get("app:cache"), errors.new("x"), require("security").actor(), require("security").scope(), coroutine.running() }) do
  walk(handle, "handle")
end
for _, call in ipairs({ string.rep, string.format, table.concat, require, tostring, setmetatable, math.floor, string.char, utf8.char, os.date, os.time }) do
  for _, args in ipairs({ {}, { {} }, { print }, { "x", {} }, { -1, 1e308 }, { "%d", "x" }, { ("x"):rep(10), 1e308, "\xff" }, { nil, nil, nil } }) do
    walk(select(2, pcall(call, table.unpack(args, 1, 3))), "result")
  end
end
assert(count > 8)
return "contained"
