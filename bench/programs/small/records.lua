-- Small tables that are made, read, and given up.
local sum = 0
for i = 1, 30000 do
  local record = { id = i, name = "n", size = i % 7 }
  local pair = { record.id, record.size }
  sum = sum + pair[1] + pair[2]
end
return sum
