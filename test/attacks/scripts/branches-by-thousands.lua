-- tries: Has a function with thousands of branches, called often.
-- from: our own search
-- expect: result "contained"
-- with: {"timeout": 20000}
local lines = { "local x = ... " }
for i = 1, 3000 do lines[#lines + 1] = ("if x == %d then x = x + %d elseif x > %d and x < 0 then x = 1 end"):format(i, i, i) end
lines[#lines + 1] = "return x"
local f = assert(load(table.concat(lines, "\n")))
for i = 1, 600 do f(i) end
return "contained"
