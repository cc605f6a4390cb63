-- tries: Asks for rates so fast or so slow that no clock counts them, which Redis took for entries that never expire.
-- from: attacks on the counters of stores; each was an internal error
-- expect: result "contained"
local s = require("store").get("app:cache")
local odd = { 5e-324, 1e-300, 1e-9, 1, 1e15, 1e300, 1.7e308 }
for _, limit in ipairs(odd) do
  for _, per in ipairs(odd) do
    for _, cost in ipairs(odd) do
      local answer, err = s:rate("r", { limit = limit, per = per, burst = cost, cost = cost })
      if answer == nil then assert(err:kind() == errors.INVALID or err:kind() == errors.PERMISSION_DENIED, tostring(err)) end
    end
  end
end
return "contained"
