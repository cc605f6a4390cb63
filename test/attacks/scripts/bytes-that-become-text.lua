-- tries: to have bytes that are not UTF-8 made into text, which takes five times as much meanwhile
-- from: our own attack: 307 MiB at a limit of 32 MiB
-- expect: limit memory
local s = ("\255"):rep(10 * 2 ^ 20)
while true do errors.new(s) end
