---@meta expr

---The expression language of policies, over data of a script's own: `user.age >= 18 && user.name startsWith "A"`.
---@class expr
local expr = {}

---An expression that was compiled.
---@class expr.Program
---@operator concat(any): string
local Program = {}

---The value for these names; nil when a field that matters is missing.
---Errors: INVALID when it can't be told, as `1 < "a"`, or takes too long.
---@param env? table Values by the names that the expression uses.
---@return any value
---@return error? err
function Program:run(env) end

---@return string
function Program:source() end

---As `compile` and `run` at once; the last 1000 expressions of the process are kept compiled.
---Errors: INVALID for what is not an expression, and as of `run`.
---@param expression string At most 4000 characters.
---@param env? table Values by the names that the expression uses.
---@return any value
---@return error? err
function expr.eval(expression, env) end

---Errors: INVALID for what is not an expression, with the place.
---@param expression string At most 4000 characters.
---@param env? table Not used: names are looked up when it runs.
---@return expr.Program? program
---@return error? err
function expr.compile(expression, env) end

return expr
