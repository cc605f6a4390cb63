-- tries: Packs a string of megabytes into pieces, again and again.
-- from: our own search
-- expect: limit time, memory
local s = ("x"):rep(1e6)
local f = ("b"):rep(250)
while true do for i = 1, 1e6 - 250, 250 do local a = string.unpack(f, s, i) end end
