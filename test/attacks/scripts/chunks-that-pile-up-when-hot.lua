-- tries: to keep chunks from a loop that is compiled, where `load` can't be paused
-- from: our own attack
-- expect: limit memory, time
local all = {}
for i = 1, math.huge do
  if i > 200000 then all[#all + 1] = load(("local a%d = b "):format(i):rep(100)) end
end
