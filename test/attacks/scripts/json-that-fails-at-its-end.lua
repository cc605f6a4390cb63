-- tries: to have what a failed decode made counted for ever, or never
-- from: our own search
-- expect: result 200000
-- grows by at most: 90
local json = require("json")
local s = "[" .. ('"a",'):rep(80000)
for i = 1, 10 do
  local t, err = json.decode(s)
  assert(t == nil and err:kind() == "Invalid")
end
local t = {}
for i = 1, 200000 do t[i] = i + 0.5 end
return #t
