-- tries: Makes a chain of ephemerons, each of which waits for the one after it.
-- from: our own search
-- expect: result "contained"
-- with: {"timeout": 20000}
local tables, last = {}, {}
for i = 1, 8000 do
  local t = setmetatable({}, { __mode = "k" })
  local key = {}
  t[last] = key
  last = key
  tables[8001 - i] = t
end
collectgarbage()
return "contained"
