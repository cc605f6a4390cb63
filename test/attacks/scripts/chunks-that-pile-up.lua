-- tries: Keeps compiled code, which is larger than its source.
-- from: our threat model
-- expect: limit memory
local t = {}
while true do
  t[#t + 1] = load(("local a%d = b%d "):format(#t, #t):rep(100))
end
