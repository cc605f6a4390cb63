-- tries: Loops and computes at the edges of 64 bits, in code that is compiled.
-- from: our own search
-- expect: result "contained"
local n = 0
for i = math.maxinteger - 2, math.maxinteger do n = n + 1 end
for i = math.mininteger + 2, math.mininteger, -1 do n = n + 1 end
assert(n == 6)
for i = 1, 0/0 do error("x") end
for i = 1, math.huge do if i > 1000 then break end end
local x = math.maxinteger
for i = 1, 500 do x = x * 3 + 1 end
local y = math.mininteger
for i = 1, 500 do y = y // -1 assert(y == math.mininteger) assert(y % -1 == 0) end
assert(1 << 64 == 0 and 1 << -1 == 0 and -1 >> 63 == 1 and 1 << math.mininteger == 0)
return "contained"
