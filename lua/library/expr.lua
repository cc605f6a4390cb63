---@meta expr

---Evaluates the expression language of policies on a script's own data: `user.age >= 18 && user.name startsWith "A"`.
---@class expr
local expr = {}

---A compiled expression.
---@class expr.Program
---@operator concat(any): string
local Program = {}

---Returns the value with this data; nil if a field is missing that decides it.
---Errors: INVALID if it can't be evaluated (`1 < "a"`) or takes too long.
---@param env? table Values by the names that the expression uses.
---@return any value
---@return error? err
function Program:run(env) end

---@return string
function Program:source() end

---Compiles and runs an expression; the last 1000 expressions of the process are kept compiled.
---Errors: INVALID if it is not an expression, and as for `run`.
---@param expression string At most 4000 characters.
---@param env? table Values by the names that the expression uses.
---@return any value
---@return error? err
function expr.eval(expression, env) end

---Compiles an expression. Errors: INVALID if it is not an expression, with the place.
---@param expression string At most 4000 characters.
---@param env? table Ignored: names are looked up when the program runs.
---@return expr.Program? program
---@return error? err
function expr.compile(expression, env) end

return expr
