---@meta json

---Converts values to JSON text and back, and validates them with JSON Schema.
---@class json
local json = {}

---JSON's null, for `encode` and `validate`; `decode` returns it with the option `nulls`.
---@class json.Null
---@operator concat(any): string
local Null = {}

---@type json.Null
json.null = Null

---@class json.EncodeOptions
---@field indent? integer Spaces of each level, 0 to 8. Default: 0, all on one line.
---@field empty? string What an empty table becomes: `"array"`, the default, or `"object"`.
---@field sort? boolean Whether names are sorted in byte order, instead of insertion order.

---@class json.DecodeOptions
---@field nulls? boolean Keep nulls, as `json.null`. Default: a null leaves its place empty.

---Writes JSON. Errors: INVALID with the path of a value that JSON can't hold.
---@param value any
---@param opts? json.EncodeOptions
---@return string? text
---@return error? err
function json.encode(value, opts) end

---Parses text. Errors: INVALID with line and column.
---@param str string
---@param opts? json.DecodeOptions
---@return any value
---@return error? err
function json.decode(str, opts) end

---Checks a value with a schema. Errors: INVALID with the first problem; `err:details().problems` has all of them, each as
---`{path, message}`. Also INVALID if the schema is malformed.
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
