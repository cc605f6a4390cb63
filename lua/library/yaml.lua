---@meta yaml

---Parses YAML 1.2, and writes tables as YAML.
---@class yaml
local yaml = {}

---@class yaml.EncodeOptions
---@field field_order? string[] The names that come first, in this order, in every mapping.
---@field sort_unordered? boolean Whether the other names are sorted in byte order, instead of insertion order.

---Writes YAML. Errors: INVALID with the path of a value that YAML can't hold.
---@param data table
---@param opts? yaml.EncodeOptions
---@return string? text
---@return error? err
function yaml.encode(data, opts) end

---Parses text. Errors: INVALID with line and column.
---@param data string
---@return any value
---@return error? err
function yaml.decode(data) end

return yaml
