-- tries: Prints values whose __tostring makes large strings, all of which wait for the line.
-- from: our threat model, found in our own search
-- expect: limit memory, stringLength
local n = 0
local o = setmetatable({}, { __tostring = function() n = n + 1 return ("x"):rep(1e5) .. n end })
local t = {}
for i = 1, 5000 do t[i] = o end
print(table.unpack(t))
