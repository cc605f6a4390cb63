-- tries: Replaces by a mebibyte that comes to nothing.
-- from: our threat model
-- expect: limit time
-- each match goes through a mebibyte that comes to nothing
local s, nothing = ("x"):rep(2 ^ 20), ("%1"):rep(2 ^ 19)
while true do s:gsub("()", function() end) s:gsub("x()", ""); ("x"):rep(1000):gsub("(x?)", ("%%1"):rep(10)) s:gsub("(.-)", nothing) end
