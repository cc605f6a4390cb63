-- tries: Keeps closures of a function with hundreds of functions in it, each of which keeps a place for every one.
-- from: our own search
-- expect: limit memory
-- grows by at most: 150
local inner = ("local f = function() end "):rep(150)
local blocks = ("if a == nil then " .. inner .. " end "):rep(5)
local make = assert(load("local n = ... return function() local a = function() return n end " .. blocks .. " return a end"))
local t = {}
for i = 1, 1e9 do
  t[i] = make(i)
  t[i]()
end
