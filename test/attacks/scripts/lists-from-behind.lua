-- tries: Fills lists from behind and with gaps.
-- from: our own search
-- expect: limit memory, time
local all = {}
while true do
  local t = {}
  for i = 4096, 1, -1 do t[i] = i end
  for i = 1, 2^16, 3 do t[i] = i end
  all[#all + 1] = t
end
