-- tries: Makes channels of odd sizes, and fills large ones.
-- from: our own search
-- expect: limit memory, time
for _, n in ipairs({ -1, 2^53, 1/0, 0/0, math.maxinteger, "x", {} }) do pcall(channel.new, n) end
local all = {}
while true do
  local ok, c = pcall(channel.new, 1e6)
  if not ok then c = channel.new(1000) end
  for i = 1, 1000 do c:send({ i }) end
  all[#all + 1] = c
end
