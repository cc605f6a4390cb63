-- The prices of a shop, which can change without a release. main.mjs calls this for each order.
local store = require("store")
local tax = require("tax")

local orders = store.get("app:orders")

return function(id)
  local order, err = orders:get(id)
  if err then
    return nil, err
  end
  if not order then
    return nil, errors.new("NOT_FOUND", "no such order: " .. id)
  end

  local net = 0
  for _, line in ipairs(order.lines) do
    net = net + line.price * line.count
  end
  local rate, unknown = tax.rate(order.country)
  if unknown then
    return nil, errors.wrap(unknown, "order " .. id)
  end
  return { net = net, gross = net * (1 + rate / 100) }
end
