local json = require("json")

local schema = {type = "object", properties = {action = {enum = {"create", "delete"}}, at = {type = "null"}}, required = {"action"}}
same(json.validate_string(schema, '{"action":"create","at":null}'), true)
same(json.validate_string('{"type":"number","minimum":0}', "42"), true)
refused(errors.INVALID, 'value.action: expected "create" or "delete"', json.validate_string(schema, '{"action":"drop"}'))
refused(errors.INVALID, "str: line 1, column 2: expected a name in quotes", json.validate_string(schema, "{"))

-- In text, an empty list is no object.
same(json.validate_string({type = "object"}, "{}"), true)
refused(errors.INVALID, "value: expected object, got array", json.validate_string({type = "object"}, "[]"))
refused(errors.INVALID, "value: expected array, got object", json.validate_string({type = "array"}, "{}"))
