-- A script in several files: `require` finds files beside it and in folders below.
--
--   moonkeep run examples/neighbours/main.lua

local cart = require("cart")
local money = require("lib.money")

local mine = cart.new()
mine:add("apple", 3, 25)
mine:add("pear", 2, 40)
print(money.text(mine:total()))
