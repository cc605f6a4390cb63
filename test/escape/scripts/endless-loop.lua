-- time
while true do end
