local store = require("store")

return function(order)
  local counts = assert(store.get("greeter:counts"))
  local n = (counts:get("orders") or 0) + 1
  counts:set("orders", n)
  return n
end
