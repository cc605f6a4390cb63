-- tries: Inspects what is large, deep, cyclic and answers otherwise.
-- from: our own search
-- expect: limit time, memory
local inspect = require("inspect")
local t = {}
t.t = t
t[t] = t
for i = 1, 3000 do t[i] = { i, tostring(i), { i } } end
local deep = {}
for i = 1, 5000 do deep = { deep } end
t.deep = deep
t.odd = setmetatable({}, { __tostring = function() return {} end, __pairs = error, __index = error, __len = error, __metatable = 1 })
while true do pcall(inspect, t) pcall(inspect, t, { depth = 1e9 }) pcall(inspect, deep, { depth = 1e9, indent = ("x"):rep(1e5) }) end
