-- tries: Goes through invalid UTF-8 of megabytes.
-- from: our own search
-- expect: limit time, memory
local s = ("\128"):rep(2^20)
while true do
  pcall(utf8.len, s, 1, -1)
  pcall(utf8.offset, s, 1, #s)
  pcall(utf8.offset, s, -1)
  pcall(utf8.codepoint, s, 1, -1)
end
