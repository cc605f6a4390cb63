local json = require("json")

local user = {
  type = "object",
  properties = {
    name = {type = "string", minLength = 1},
    email = {type = "string", format = "email"},
    age = {type = "integer", minimum = 0, maximum = 150},
    tags = {type = "array", items = {type = "string"}, uniqueItems = true, maxItems = 3},
  },
  required = {"name", "email"},
  additionalProperties = false,
}
local alice = {name = "Alice", email = "alice@example.com", age = 30, tags = {"a", "b"}}
same(json.validate(user, alice), true)
same(json.validate(json.encode(user), alice), true)

local function with(changes)
  local copy = {}
  for k, v in pairs(alice) do copy[k] = v end
  for k, v in pairs(changes) do copy[k] = v end
  return copy
end
local function no(what, changes) refused(errors.INVALID, what, json.validate(user, with(changes))) end
no("value.name: expected at least 1 characters, got 0", {name = ""})
no("value.email: expected a string in the format email", {email = "alice"})
no("value.age: expected at most 150, got 200", {age = 200})
no("value.age: expected integer, got number", {age = 30.5})
no("value.tags[2]: expected string, got integer", {tags = {"a", 1}})
no("value.tags: items 1 and 3 are equal", {tags = {"a", "b", "a"}})
no('value: "admin" is not allowed', {admin = true})
refused(errors.INVALID, 'value: "email" is missing', json.validate(user, {name = "Alice"}))
refused(errors.INVALID, "value: expected object, got string", json.validate(user, "x"))

-- All that is wrong is in the details.
local _, err = json.validate(user, with {name = "", age = -1})
assert(err:message():find("(and 1 more)", 1, true))
local found = {}
for _, p in ipairs(err:details().problems) do found[p.path] = p.message end
same(found, {["value.name"] = "expected at least 1 characters, got 0", ["value.age"] = "expected at least 0, got -1"})

-- Each keyword: a schema, values that are valid, values that are not.
local cases = {
  {{type = "number"}, {1, 1.5}, {"1", true}},
  {{type = "integer"}, {1, 1.0, 3000000000}, {1.5, "1"}},
  {{type = {"string", "null"}}, {"a", json.null}, {1}},
  {{type = "array"}, {{}, {1}}, {{a = 1}}},
  {{type = "object"}, {{}, {a = 1}}, {{1}}},
  {{enum = {1, "a", {b = {1}}}}, {1, 1.0, "a", {b = {1}}}, {2, {b = {2}}, {}}},
  {{const = {a = 1, b = 2}}, {{b = 2, a = 1.0}}, {{a = 1}}},
  {{exclusiveMinimum = 1, exclusiveMaximum = 3}, {2, "x"}, {1, 3}},
  {{multipleOf = 0.1}, {0.3, 7}, {0.35}},
  {{maxLength = 2}, {"é€", 123}, {"abc"}},
  {{pattern = "^a+b$"}, {"aab", 1}, {"b"}},
  {{minItems = 1, maxItems = 2}, {{1}, {1, 2}, "x"}, {{}, {1, 2, 3}}},
  {{prefixItems = {{type = "string"}}, items = {type = "integer"}}, {{"a", 1, 2}}, {{1}, {"a", "b"}}},
  {{contains = {const = 1}, maxContains = 2}, {{1, 2}, {1, 1}}, {{2}, {1, 1, 1}}},
  {{minProperties = 1, maxProperties = 1}, {{a = 1}}, {{a = 1, b = 2}, {}}},
  {{patternProperties = {["^n_"] = {type = "number"}}, additionalProperties = {type = "string"}},
    {{n_a = 1, b = "x"}}, {{n_a = "x"}, {b = 1}}},
  {{propertyNames = {pattern = "^[a-z]+$"}}, {{a = 1}}, {{A = 1}}},
  {{dependentRequired = {card = {"address"}}}, {{card = 1, address = 1}, {x = 1}}, {{card = 1}}},
  {{dependentSchemas = {a = {required = {"b"}}}}, {{a = 1, b = 1}}, {{a = 1}}},
  {{allOf = {{minimum = 1}, {maximum = 2}}}, {1, 2}, {0, 3}},
  {{anyOf = {{type = "string"}, {minimum = 5}}}, {"a", 5}, {1}},
  {{oneOf = {{minimum = 1}, {maximum = 2}}}, {0, 3}, {1}},
  {{["not"] = {type = "string"}}, {1}, {"a"}},
  {{["if"] = {type = "string"}, ["then"] = {minLength = 2}, ["else"] = {minimum = 2}}, {"ab", 2}, {"a", 1}},
}
for i, case in ipairs(cases) do
  for j, value in ipairs(case[2]) do
    local ok, e = json.validate(case[1], value)
    if not ok then error(("case %d, valid value %d: %s"):format(i, j, e:message())) end
  end
  for j, value in ipairs(case[3]) do
    local ok = json.validate(case[1], value)
    if ok then error(("case %d, value %d should not be valid"):format(i, j)) end
  end
end
same(json.validate(true, 1), true)
refused(errors.INVALID, "value: no value is allowed here", json.validate(false, 1))
same(json.validate({type = "null"}, nil), true)

-- References, also of a schema to itself.
local tree = {["$ref"] = "#/$defs/node", ["$defs"] = {node = {
  type = "object", properties = {n = {type = "integer"}, next = {["$ref"] = "#/$defs/node"}}, required = {"n"},
}}}
same(json.validate(tree, {n = 1, next = {n = 2, next = {n = 3}}}), true)
refused(errors.INVALID, "value.next.next.n: expected integer, got string", json.validate(tree, {n = 1, next = {n = 2, next = {n = "3"}}}))
local list = {type = {"array", "integer"}, items = {["$ref"] = "#"}}
same(json.validate(list, {1, {2, {3}}}), true)
refused(errors.INVALID, "value[2][1]: expected array or integer", json.validate(list, {1, {"x"}}))
refused(errors.INVALID, "it refers to itself endlessly", json.validate({["$ref"] = "#"}, 1))
refused(errors.INVALID, 'there is nothing at "#/$defs/x"', json.validate({["$ref"] = "#/$defs/x"}, 1))
refused(errors.INVALID, "only references within the schema", json.validate({["$ref"] = "https://example.com/s"}, 1))

-- What is no schema.
refused(errors.INVALID, 'schema: there is no keyword "minlength"; did you mean "minLength"?', json.validate({minlength = 1}, "a"))
refused(errors.INVALID, 'schema.properties.a: there is no keyword "foo"', json.validate({properties = {a = {foo = 1}}}, {}))
refused(errors.INVALID, 'schema.type: there is no type "text"', json.validate({type = "text"}, "a"))
refused(errors.INVALID, "schema.minimum: expected a number, got string", json.validate({minimum = "1"}, 1))
refused(errors.INVALID, "schema.minLength: expected a whole number, 0 or more, got -1", json.validate({minLength = -1}, ""))
refused(errors.INVALID, "schema.pattern: not a pattern", json.validate({pattern = "("}, "a"))
refused(errors.INVALID, 'schema.format: there is no format "color"', json.validate({format = "color"}, "a"))
refused(errors.INVALID, "schema: expected a schema, which is a table of keywords or a boolean, got integer", json.validate(1, 1))
refused(errors.INVALID, "schema: expected a table or JSON text, got nil", json.validate(nil, 1))
refused(errors.INVALID, 'schema: line 1, column 2: expected a name in quotes', json.validate("{", 1))
same(json.validate({type = "string", title = "t", description = "d", ["x-mine"] = {1}}, "a"), true)

-- Nothing is valid where null is, and else it is said to be missing.
same(json.validate({type = "null"}, nil), true)
refused(errors.INVALID, "value is missing: expected string, got null", json.validate({type = "string"}))
refused(errors.INVALID, "value: expected string, got null", json.validate({type = "string"}, json.null))
