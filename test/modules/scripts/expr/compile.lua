local expr = require("expr")

local long = assert(expr.compile("len(password) >= 8 and len(password) <= 128"))
same(long:run({password = "securepass123"}), true)
same(long:run({password = "short"}), false)
same(long:run({}), nil)
same(long:source(), "len(password) >= 8 and len(password) <= 128")
same(tostring(long), "expr.Program{len(password) >= 8 and len(password) <= 128}")

refused(errors.INVALID, "expression: ", expr.compile("a b"))
refused(errors.INVALID, "env: expected a table, got number", long:run(1))

-- A list that is too long to look at.
local list = {}
for i = 1, 100000 do list[i] = i end
refused(errors.INVALID, "it takes too long", expr.compile("any(list, # == 0) || any(list, # == -1)"):run({list = list}))
