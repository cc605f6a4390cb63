-- tries: Strings that V8 would keep as trees of their parts, many times as large as they are.
-- from: our threat model, found in our own search
-- expect: limit memory
local t = {}
for i = 1, 1e7 do
  local s = ""
  for j = 1, 60 do s = s .. "x" end
  t[i] = s
end
