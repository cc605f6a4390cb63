-- tries: Loops in each of the metamethods.
-- from: our threat model
-- expect: limit time
local t = setmetatable({}, {})
local loop = function() while true do end end
local mt = getmetatable(t)
mt.__index, mt.__eq, mt.__concat, mt.__lt, mt.__len, mt.__call, mt.__tostring = loop, loop, loop, loop, loop, loop, loop
while true do
  pcall(function() return t.x end)
  pcall(tostring, t)
end
