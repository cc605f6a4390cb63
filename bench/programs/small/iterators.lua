-- Lists and records by ipairs and pairs.
local list, record = {}, {}
for i = 1, 1000 do
  list[i] = i
  record["key" .. i] = i
end
local sum = 0
for _ = 1, 20 do
  for i, v in ipairs(list) do sum = sum + i * v % 7 end
  for _, v in pairs(record) do sum = sum + v end
end
return sum
