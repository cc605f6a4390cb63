---@meta inspect

---Shows values as text, for people: tables with their content, as `print` shows them. The module itself can be called:
---`inspect(value)`.
---@class inspect
---@overload fun(value: any, opts?: inspect.Options): string
local inspect = {}

---@class inspect.Options
---@field depth? integer How many levels of tables are shown, 1 to 20. Default: 6.
---@field items? integer How many entries of each table are shown, 1 to 2000. Default: 100.
---@field width? integer How wide a line can be before a table is split into several lines, 1 to 1000. Default: 80.

---Keys are sorted, numbers before strings. A table with `__tostring` or `__name` is shown as by `tostring`, a string in
---quotes, a function as `<function>`, a table within itself as `<cycle>`. Raises INVALID for bad options.
---@param value any
---@param opts? inspect.Options
---@return string text
function inspect.inspect(value, opts) end

return inspect
