-- tries: to keep long strings as names of chunks, where nothing of Lua's reaches them
-- from: our own attack: 740 MiB in 8 s at a limit of 32 MiB
-- expect: limit memory
local all = {}
for i = 1, math.huge do all[i] = load("return 1", ("n"):rep(100000) .. i) end
