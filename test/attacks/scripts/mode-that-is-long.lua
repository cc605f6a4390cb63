-- tries: to have load show a mode of megabytes in its message, again and again
-- from: a message that quotes what it was given
-- expect: limit time
local mode = ("x"):rep(12 * 2^20)
while true do load("error()", "a", mode) end
