local json = require("json")

same(json.decode('{"name":"Bob","active":true}'), {name = "Bob", active = true})
same(json.decode(" [10, 20,\n30]\t"), {10, 20, 30})
same(json.decode('"x"'), "x")
same(json.decode("false"), false)
same(json.decode("[]"), {})
same(json.decode('{"a":{},"b":[[]]}'), {a = {}, b = {{}}})
same(json.decode('{"__proto__":1,"constructor":2}'), {["__proto__"] = 1, constructor = 2})

-- A number is an integer when it is written as one, and fits.
same(json.decode("[1, 1.0, -0, -0.0, 1e2, 2147483647, 2147483648, -2147483648, 0.1]"),
  {1, 1.0, 0, -0.0, 100.0, 2147483647, 2147483648, -2147483648, 0.1})

-- Strings.
same(json.decode([["a\"b\\c\/\b\f\n\r\t\u0000\u00e9\u20ac\ud83d\ude00é€😀"]]), 'a"b\\c/\b\f\n\r\t\0é€😀é€😀')
same(json.decode([[{"a\u0062":1,"ab":2}]]), {ab = 2}) -- the last one counts

-- Null leaves its place empty, or is json.null.
same(json.decode("null"), nil)
same(json.decode('{"a":null,"b":[1,null,3,null]}'), {b = {[1] = 1, [3] = 3}})
local kept = json.decode('{"a":null,"b":[null,1]}', {nulls = true})
assert(kept.a == json.null and kept.b[1] == json.null and kept.b[2] == 1)
same(json.encode(kept, {sort = true}), '{"a":null,"b":[null,1]}')
assert(json.decode("null", {nulls = true}) == json.null)

-- Many names.
local names, text = {}, {}
for i = 1, 100 do names["n" .. i % 90] = i text[i] = ('"n%d":%d'):format(i % 90, i) end
same(json.decode("{" .. table.concat(text, ",") .. "}"), names)

-- What is wrong, and where.
refused(errors.INVALID, "line 1, column 1: expected a value, got the end of the text", json.decode(""))
refused(errors.INVALID, 'line 1, column 1: expected a value, got "n"', json.decode("not json"))
refused(errors.INVALID, 'line 2, column 6: expected ":", got "1"', json.decode('{\n "a" 1}'))
refused(errors.INVALID, 'line 1, column 8: expected a name in quotes, got "}"', json.decode('{"é":1,}'))
refused(errors.INVALID, 'line 1, column 4: expected a value, got "]"', json.decode("[1,]"))
refused(errors.INVALID, 'expected "," or "]", got "2"', json.decode("[1 2]"))
refused(errors.INVALID, 'expected the end of the text, got "1"', json.decode("1 1"))
for _, number in ipairs {"01", "1.", ".5", "-", "+1", "1e", "0x10", "1.5.5", "--1"} do
  assert(select(2, json.decode(number)), number)
end
refused(errors.INVALID, "1e999 is too large for a number", json.decode("1e999"))
same(json.decode("[0." .. ("0"):rep(997) .. "1]"), {0.0})
refused(errors.INVALID, "line 1, column 2: a number can have at most 1000 characters", json.decode("[" .. ("1"):rep(1001)))
refused(errors.INVALID, "a control character in a string must be written as \\u000a", json.decode('"a\nb"'))
refused(errors.INVALID, 'there is no escape "\\x"', json.decode([["\x41"]]))
refused(errors.INVALID, "half of a surrogate pair", json.decode([["\ud83d"]]))
refused(errors.INVALID, "half of a surrogate pair", json.decode([["\ude00\ud83d"]]))
refused(errors.INVALID, "four hexadecimal digits", json.decode([["\u12"]]))
refused(errors.INVALID, 'at the end of a string, got the end', json.decode('"abc'))
refused(errors.INVALID, 'at the end of a string, got the end', json.decode('"a\\nbc'))
refused(errors.INVALID, "str: expected UTF-8, got other bytes", json.decode('"\255"'))
refused(errors.INVALID, "str: expected a string, got table", json.decode({}))
assert(json.decode(("["):rep(128) .. ("]"):rep(128)))
refused(errors.INVALID, "nested deeper than 128 levels", json.decode(("["):rep(129)))
refused(errors.INVALID, "more than 1000000 parts", json.decode("[" .. ("0,"):rep(1000000) .. "0]"))

refused(errors.INVALID, "str: expected a string, got number", json.decode(123))
