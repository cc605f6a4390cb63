-- tries: Catches the end of the script in pcall, in a coroutine, a callback, an error handler and a metamethod.
-- from: our own search
-- expect: result null
local function exit() os.exit(true) end
local mt = { __index = exit, __add = exit, __concat = exit, __call = exit, __len = exit, __eq = exit, __lt = exit, __tostring = exit, __pairs = exit }
local ways = {
  function() pcall(exit) end, function() xpcall(error, exit) end, function() coroutine.wrap(exit)() end,
  function() coroutine.resume(coroutine.create(exit)) end, function() string.gsub("a", "a", exit) end,
  function() load(exit) end, function() tostring(setmetatable({}, mt)) end, function() for _ in exit do end end,
}
for i = 1, 200 do pcall(pcall, coroutine.wrap(function() pcall(ways[1 + i % #ways]) end)) end
return "went on"
