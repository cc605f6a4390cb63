-- tries: Has the compiler compile functions of every size, each of which is called often.
-- from: our own search
-- expect: limit time, memory
local n = 0
while true do
  n = n + 1
  local body = {}
  for i = 1, 10 + n * 7 % 400 do body[i] = ("a = (a + b * %d) %% 1000003 if a %% %d == 0 then b = b + 1 end"):format(i + n, i % 9 + 2) end
  local f = assert(load("local a, b = ... " .. table.concat(body, " ") .. " return a, b"))
  local a, b = 1, 2
  for i = 1, 400 do a, b = f(a, b) end
end
