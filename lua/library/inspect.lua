---@meta inspect

---Values as text, for people: tables by their content, as `print` shows them. The module can be called by itself:
---`inspect(value)`.
---@class inspect
---@overload fun(value: any, opts?: inspect.Options): string
local inspect = {}

---@class inspect.Options
---@field depth? integer How deeply tables are shown, 1 to 20. Default: 6.
---@field items? integer How many entries of each table are shown, 1 to 2000. Default: 100.
---@field width? integer How wide a line may be before a table is broken over several, 1 to 1000. Default: 80.

---Keys come in order, numbers before names. A table with `__tostring` or `__name` is shown as `tostring` has it, a string
---in quotes, a function as `<function>`, a table within itself as `<cycle>`. Errors, raised: INVALID for bad options.
---@param value any
---@param opts? inspect.Options
---@return string text
function inspect.inspect(value, opts) end

return inspect
