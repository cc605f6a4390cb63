-- string.format with numbers and text.
local format, length = string.format, 0
for i = 1, 6000 do
  length = length + #format("%d %s", i, "of") + #format("%5.2f|%-8s|%x", i / 3, "key", i)
end
return length
