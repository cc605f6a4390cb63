-- Protected calls that fail: with a message, and with a table.
local function fail(i)
  if i % 2 == 0 then error("it is even") end
  error({ code = i })
end
local texts, codes = 0, 0
for i = 1, 5000 do
  local _, e = pcall(fail, i)
  if type(e) == "table" then codes = codes + e.code else texts = texts + 1 end
end
return texts + codes
