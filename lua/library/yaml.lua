---@meta yaml

---YAML 1.2 to values, and tables to YAML.
---@class yaml
local yaml = {}

---@class yaml.EncodeOptions
---@field field_order? string[] Names that come first, in this order, in every mapping.
---@field sort_unordered? boolean The other names in byte order, instead of that of insertion.

---Errors: INVALID with the path of what has no YAML.
---@param data table
---@param opts? yaml.EncodeOptions
---@return string? text
---@return error? err
function yaml.encode(data, opts) end

---Errors: INVALID with the line and column of what is wrong.
---@param data string
---@return any value
---@return error? err
function yaml.decode(data) end

return yaml
