---@meta json

---Values as JSON text and back, and whether they are as a JSON Schema says.
---@class json
local json = {}

---JSON's null, for `encode` and `validate`; what `decode` gives for it when asked for.
---@class json.Null
---@operator concat(any): string
local Null = {}

---@type json.Null
json.null = Null

---@class json.EncodeOptions
---@field indent? integer Spaces of each level, 0 to 8. Default: 0, all on one line.
---@field empty? string What a table without anything in it is: `"array"`, the default, or `"object"`.
---@field sort? boolean Names in byte order, instead of that of insertion.

---@class json.DecodeOptions
---@field nulls? boolean Keep nulls, as `json.null`. Default: a null leaves its place empty.

---Errors: INVALID with the path of what has no JSON.
---@param value any
---@param opts? json.EncodeOptions
---@return string? text
---@return error? err
function json.encode(value, opts) end

---Errors: INVALID with the line and column of what is wrong.
---@param str string
---@param opts? json.DecodeOptions
---@return any value
---@return error? err
function json.decode(str, opts) end

---Whether a value is as a schema says. Errors: INVALID with what is wrong first; `err:details().problems` has all of it,
---each as `{path, message}`. INVALID, too, for what is not a schema.
---@param schema table|string|boolean A schema, or one as JSON text.
---@param data any
---@return true? ok
---@return error? err
function json.validate(schema, data) end

---The same for JSON text.
---@param schema table|string|boolean A schema, or one as JSON text.
---@param str string
---@return true? ok
---@return error? err
function json.validate_string(schema, str) end

return json
