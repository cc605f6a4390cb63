-- tries: The same by format.
-- from: our threat model
-- expect: limit memory, stringLength
local n = 0
local o = setmetatable({}, { __tostring = function() n = n + 1 return ("x"):rep(1e5) .. n end })
local t = {}
for i = 1, 5000 do t[i] = o end
return ("%s"):rep(5000):format(table.unpack(t))
