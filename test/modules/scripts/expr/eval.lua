local expr = require("expr")

local user = {age = 21, name = "Alice", roles = {"dev", "admin"}, address = {city = "Kyiv"}}
local function eval(source, expected, env)
  local value, err = expr.eval(source, env or {user = user, limit = 18})
  if err then error(source .. ": " .. err:message(), 2) end
  same(value, expected)
end
eval("user.age >= limit && user.name startsWith 'A'", true)
eval("user.age < limit", false)
eval("limit > 90 ? 'A' : limit > 10 ? 'B' : 'C'", "B")
eval("'admin' in user.roles", true)
eval("any(user.roles, # == 'dev')", true)
eval("all(user.roles, # matches '^[a-z]+$')", true)
eval("len(user.roles)", 2)
eval("upper(user.name)", "ALICE")
eval("user.address", {city = "Kyiv"})
eval("user.address.street ?? 'nowhere'", "nowhere")
eval("user.address.street == nil", true)
eval("[1, 2, user.age]", {1, 2, 21})
eval("n", 1.5, {n = 1.5})
eval("true", true, {})
same(expr.eval("1 == 1"), true)

-- What is missing makes the answer nil; a prototype's names are missing, too.
same(expr.eval("user.phone", {user = user}), nil)
same(expr.eval("constructor"), nil)
same(expr.eval("user.__proto__", {user = user}), nil)

refused(errors.INVALID, "it can't be evaluated with these values", expr.eval("name > 1", {name = "a"}))
refused(errors.INVALID, "expression: expected a string that is not empty", expr.eval(" "))
refused(errors.INVALID, "expression: expected a string, got nil", expr.eval())
refused(errors.INVALID, "expression: expected a value, got the end (at character 5)", expr.eval("a ||"))
refused(errors.INVALID, "an expression can have at most 4000 characters", expr.eval(("a || "):rep(1000) .. "b"))
refused(errors.INVALID, "env: expected a table, got string", expr.eval("a", "x"))
refused(errors.INVALID, "env.f: a function is not plain data", expr.eval("a", {f = print}))
refused(errors.INVALID, 'there is no function "system"', expr.eval("system('ls')"))
