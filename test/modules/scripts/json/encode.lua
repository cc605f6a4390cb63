local json = require("json")

same(json.encode("hello"), '"hello"')
same(json.encode(42), "42")
same(json.encode(true), "true")
same(json.encode(nil), "null")
same(json.encode({1, 2, 3}), "[1,2,3]")
same(json.encode({name = "Alice"}), '{"name":"Alice"}')
same(json.encode({sku = {"a", {b = false}}}), '{"sku":["a",{"b":false}]}')

-- Integers and floats stay apart; a float that is no integer of Lua's is written as it is.
same(json.encode({1, 1.0, -0.0, 1.5, 3000000000, 1e300, -7}), "[1,1.0,-0.0,1.5,3000000000,1e300,-7]")
same(json.encode(0.1 + 0.2), "0.30000000000000004")

-- Strings.
same(json.encode('a"b\\c\n\t\0é€😀/'), [["a\"b\\c\n\t\u0000é€😀/"]])
same(json.encode({["a\nb"] = 1}), [[{"a\nb":1}]])

-- Null and empty tables.
same(json.encode({a = json.null, b = {json.null}}, {sort = true}), '{"a":null,"b":[null]}')
same(json.encode({}), "[]")
same(json.encode({a = {}}, {empty = "object"}), '{"a":{}}')
same(tostring(json.null), "null")

-- Layout.
same(json.encode({b = {1, 2}, a = {}}, {indent = 2, sort = true}), '{\n  "a": [],\n  "b": [\n    1,\n    2\n  ]\n}')
local t = {}
t.z = 1 t.a = 2 t.m = 3
same(json.encode(t), '{"z":1,"a":2,"m":3}')
same(json.encode(t, {sort = true}), '{"a":2,"m":3,"z":1}')

-- What has no JSON, with the path to it.
refused(errors.INVALID, "value: NaN has no JSON form", json.encode(0/0))
refused(errors.INVALID, "value.a[2]: an infinite number has no JSON form", json.encode({a = {1, 1/0}}))
refused(errors.INVALID, 'value.user["first name"]: a function has no JSON form', json.encode({user = {["first name"] = print}}))
refused(errors.INVALID, "value.s: a string of bytes that are not UTF-8 has no JSON form", json.encode({s = "\255"}))
refused(errors.INVALID, "value: a table that is both a list and has names has no JSON form", json.encode({1, a = 2}))
refused(errors.INVALID, "value.x: a list with a hole before 3 has no JSON form", json.encode({x = {1, nil, 3}}))
for key, shown in pairs({[1.5] = "1.5", [true] = "true", [0] = "0", [-1] = "-1"}) do
  refused(errors.INVALID, "value: the key " .. shown .. " has no JSON form: keys are strings, or 1, 2, 3 … in a list", json.encode({[key] = 1}))
end
refused(errors.INVALID, "value: a list with a hole before 2 has no JSON form", json.encode({[2] = 1}))
local cycle = {}
cycle.me = cycle
refused(errors.INVALID, "value.me: a table that contains itself has no JSON form", json.encode(cycle))
local deep = {}
for _ = 1, 127 do deep = {deep} end
assert(json.encode(deep))
refused(errors.INVALID, "nested deeper than 128", json.encode({deep}))
refused(errors.INVALID, 'opts: there is no option "spaces"; the options are indent, empty, sort', json.encode(1, {spaces = 2}))
refused(errors.INVALID, "opts.indent: expected a whole number, 0 to 8, got 1.5", json.encode(1, {indent = 1.5}))
refused(errors.INVALID, 'opts.empty: expected array or object, got "none"', json.encode(1, {empty = "none"}))
refused(errors.INVALID, "opts.sort: expected a boolean, got 1", json.encode(1, {sort = 1}))
