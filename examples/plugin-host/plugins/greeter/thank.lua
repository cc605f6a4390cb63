local store = require("store")

return function(event)
  local order, err = store.get("shop:orders"):get(event.id)
  if err then return nil, err end
  local counts = store.get("greeter:counts")
  local count = (counts:get(order.customer) or 0) + 1
  counts:set(order.customer, count)
  return ("thank you, %s, for order %d"):format(order.customer, count)
end
