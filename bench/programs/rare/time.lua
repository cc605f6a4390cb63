-- What time it is.
local sum = 0
for i = 1, 5000 do sum = os.time() end
return sum > 0
