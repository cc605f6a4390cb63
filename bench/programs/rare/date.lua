-- Dates as text, and times of dates.
local sum = 0
for i = 1, 500 do sum = sum + #os.date("!%Y-%m-%d", i * 86400) + os.time({ year = 2020, month = 1 + i % 12, day = 1 }) % 7 end
return sum
