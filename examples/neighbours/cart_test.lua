-- moonkeep test examples/neighbours
local t = require("test")
local cart = require("cart")
local money = require("lib.money")

t.case("a new cart costs nothing", function()
  t.equal(cart.new():total(), 0)
end)

t.case("a cart adds up what is in it, and shows it as money", function()
  local mine = cart.new()
  mine:add("apple", 3, 25)
  t.equal(mine:total(), 75)
  t.equal(money.text(mine:total()), money.text(75))
end)
