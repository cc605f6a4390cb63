-- tries: Decodes Base64 that has a line feed behind each letter, again and again.
-- from: our own attack: 370 MiB at a limit of 64 MiB
-- grows by at most: 150
-- expect: limit time
local base64 = require("base64")
local text = ("A\n"):rep(3 * 2^20)
while true do base64.decode(text) end
