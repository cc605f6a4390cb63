-- tries: to leave much garbage behind at each call: bytes that are made into text
-- from: our own attack: 228 MiB at a limit of 32 MiB
-- expect: limit time
-- with: {"timeout": 1000}
-- grows by at most: 100
local s = ("\255"):rep(2000000)
while true do errors.new(s) end
