-- Parts of strings, and their bytes.
local text, sum = "hello world", 0
for i = 1, 20000 do
  sum = sum + #text:sub(i % 5, 8) + text:byte(i % 11 + 1)
  if text:find("wor", 1, true) ~= 7 then error("not found") end
end
return sum
