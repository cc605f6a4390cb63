-- tries: Keeps errors that each copy the same large table.
-- from: our threat model, found in our own search
-- expect: limit memory
local details, t = {}, {}
for i = 1, 1e4 do details[i] = i end
while true do t[#t + 1] = errors.new({ message = "x", details = details }) end
