-- tries: Keeps records that each have names of their own, which the VM keeps for all records together.
-- from: our own search
-- expect: limit memory
-- grows by at most: 120
local t = {}
for i = 1, 1e9 do
  local r = {}
  r["f" .. i % 64] = 1
  for j = 1, 7 do r[j .. "s" .. i] = j end
  t[i] = r
end
