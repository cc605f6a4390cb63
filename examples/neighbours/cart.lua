local Cart = {}
Cart.__index = Cart

local M = {}

function M.new()
  return setmetatable({ cents = 0 }, Cart)
end

function Cart:add(_, count, price)
  self.cents = self.cents + count * price
end

function Cart:total()
  return self.cents
end

return M
