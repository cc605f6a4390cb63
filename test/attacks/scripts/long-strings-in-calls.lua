-- tries: Gives long strings to each function that takes one.
-- from: our threat model
-- expect: limit time
local s = ("x"):rep(2 ^ 20)
local t = s:upper()
while true do
  utf8.len(s) s:byte(-1) s:reverse() s:lower() s:find("y", 1, true) string.pack("z", s) utf8.offset(s, -1) local _ = s == t, s < t, #s
end
