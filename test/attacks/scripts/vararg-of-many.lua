-- tries: Passes two hundred thousand values on and on.
-- from: our threat model
-- expect: limit instructions | error stack overflow
-- with: {"timeout": 15000, "instructions": 3000000, "memory": "256MiB"}
local function f(...) return select("#", ...) end
local t = {}
for i = 1, 9e4 do t[i] = i end
local function g(...) while true do f(...) end end
g(table.unpack(t))
