-- tries: Fills tables and empties them, in turn, for ever.
-- from: our own search
-- expect: limit time, memory
local t = {}
while true do
  for i = 1, 1e5 do t["k" .. i] = i end
  for k in pairs(t) do t[k] = nil end
end
