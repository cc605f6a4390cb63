-- tries: to keep long strings as names of chunks from a loop that is compiled, where `load` can't be paused
-- from: our own attack: 395 MiB in 1 s at a limit of 32 MiB
-- expect: limit memory
local all, name = {}, ("n"):rep(100000)
for i = 1, math.huge do
  if i > 200000 then all[#all + 1] = load("return 1", name .. i) end
end
