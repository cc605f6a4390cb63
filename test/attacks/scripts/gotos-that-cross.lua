-- tries: Has a function whose gotos cross each other in every way, called often.
-- from: our own search
-- expect: result "contained"
-- with: {"timeout": 20000}
local lines = { "local n, i = 0, 0" }
for i = 1, 150 do
  lines[#lines + 1] = ("::l%d:: n = n + 1 if n > 3000 then return n end"):format(i)
  lines[#lines + 1] = ("i = (i * 1103515245 + %d) %% 65537 if i %% 3 == 0 then goto l%d end"):format(i, (i * 61) % 150 + 1)
  lines[#lines + 1] = ("if i %% 5 == 0 then goto l%d end"):format((i * 89) % 150 + 1)
end
lines[#lines + 1] = "goto l1"
local f = assert(load(table.concat(lines, "\n")))
for i = 1, 30 do assert(f() == 3001) end
return "contained"
