-- tries: Keeps closures with as many upvalues as there can be.
-- from: our own search
-- expect: limit memory
-- grows by at most: 150
local names = {}
for i = 1, 190 do names[i] = "v" .. i end
local code = "local " .. table.concat(names, ", ") .. " = ... return function() return " .. table.concat(names, ", ") .. " end"
local f = assert(load(code))
local t = {}
while true do t[#t + 1] = f(#t) end
