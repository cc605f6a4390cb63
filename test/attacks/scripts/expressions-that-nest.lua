-- tries: Evaluates expressions that are long, deep and wide.
-- from: our own search
-- expect: limit time, memory
local expr = require("expr")
local deep = ("("):rep(10000) .. "1" .. (")"):rep(10000)
local wide = ("1+"):rep(50000) .. "1"
local list = "[" .. ("1,"):rep(50000) .. "1]"
while true do pcall(expr.eval, deep) pcall(expr.eval, wide) pcall(expr.eval, list) pcall(expr.eval, ("!"):rep(50000) .. "true") end
