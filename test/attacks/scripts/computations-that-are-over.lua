-- tries: Has the host keep what came of computations: values, errors, long keys.
-- from: our threat model, found in our own search
-- expect: limit storeBytes
-- grows by at most: 150
local s = require("store").get("app:cache")
local e, k = errors.new("INVALID", ("x"):rep(4 * 2^20)), ("k"):rep(2^19)
for i = 1, 300 do
  pcall(s.fetch, s, "a", function() error(e) end)
  s:fetch("b", function() return ("x"):rep(2^20) end)
  s:clear()
  s:fetch(k .. math.random(100000), function() return nil end)
end
