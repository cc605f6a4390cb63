local inspect = require("inspect")

same(inspect({ name = "Ada", roles = { "a", "b" } }), '{name = "Ada", roles = {"a", "b"}}')
same(inspect.inspect({}), "{}")
same(inspect("a\n\t\\\"\0\255é"), [["a\n\t\\\"\0\xffé"]])
same(inspect(1.0), "1.0")
same(inspect(nil), "nil")
same(inspect(true), "true")
same(inspect(print), "<function>")
same(inspect(coroutine.create(print)), "<thread>")
same(inspect(require("json").null), "null")

-- keys: in order, and as they would be written
same(inspect({ b = 1, a = 2, [10] = "x", [2.5] = "y", ["two words"] = 3, ["end"] = 4, [true] = 5 }, { width = 200 }),
  '{[2.5] = "y", [10] = "x", a = 2, b = 1, ["end"] = 4, ["two words"] = 3, [true] = 5}')
same(inspect({ "first", nil, "third" }), '{"first", [3] = "third"}')
same(inspect({ [{}] = 1 }), "{[<table>] = 1}")

-- tables that say how they are shown
same(inspect({ setmetatable({}, { __tostring = function() return "one\nline" end }) }), "{one\\nline}")
assert(inspect(setmetatable({}, { __name = "Point" })):find("^Point: 0x%x+$"))
same(inspect(setmetatable({ 1 }, { __index = {} })), "{1}")

-- bounds
local loop = { n = 1 }
loop.self = loop
loop.list = { loop }
same(inspect(loop), "{list = {<cycle>}, n = 1, self = <cycle>}")
local twice = {}
same(inspect({ twice, twice }), "{{}, {}}")
same(inspect({ a = { b = { c = 1 } } }, { depth = 2 }), "{a = {b = {…}}}")
local many = {}
for i = 1, 1000 do many[i] = i end
same(inspect(many, { items = 3 }), "{1, 2, 3, … 997 more}")
assert(#inspect({ many, many, many, many, ("x"):rep(1000) }) < 3000)
assert(inspect(("x"):rep(600)):find('^"x+"… 100 more bytes$'))
assert(inspect(("é"):rep(301)):find('é"… 102 more bytes$'))
assert(inspect("a" .. ("é"):rep(300)):find('é"… 102 more bytes$'))
local deep = {}
for _ = 1, 10000 do deep = { deep } end
same(inspect(deep), "{{{{{{{…}}}}}}}")

-- lines
same(inspect({ a = 1, b = { 2 } }, { width = 10 }), "{\n  a = 1,\n  b = {2}\n}")
same(inspect({ 10, 20, 30, 40 }, { width = 12 }), "{\n  10, 20,\n  30, 40\n}")

-- a script that changes what is being shown
local changing = { 1, 2, 3 }
changing[2] = setmetatable({}, { __tostring = function() for i = 1, 100 do changing[i] = nil changing["k" .. i] = 1 end return "x" end })
assert(inspect(changing):find("k100 = 1", 1, true)) -- as it is once everything in it has said how it is shown
same(pcall(inspect, setmetatable({}, { __tostring = function() error("no") end })), false)

refused(errors.INVALID, 'opts: there is no option "dept"; the options are depth, items, width', nil, select(2, pcall(inspect, 1, { dept = 1 })))
refused(errors.INVALID, "opts.depth: expected a whole number, 1 to 20, got 21", nil, select(2, pcall(inspect, 1, { depth = 21 })))
