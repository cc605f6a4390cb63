-- Text, put together and taken apart.
local parts = {}
for i = 1, 20000 do parts[#parts + 1] = "line " .. i .. ": " .. string.rep("ab", i % 7) end
local text = table.concat(parts, "\n")
local words, length = 0, 0
for word in text:gmatch("%a+") do
  words, length = words + 1, length + #word
end
return words .. " " .. length .. " " .. #text:upper():gsub("AB", "-")
