---@meta env

---Environment variables that the registry declares and that the policies allow.
---@class env
local env = {}

---Returns a variable. Needs the action `env.get` on its name. Errors: PERMISSION_DENIED, NOT_FOUND if it is not declared or not set.
---@param key string The variable's name, or the id of its entry.
---@return string? value
---@return error? err
function env.get(key) end

---Sets a variable. Needs the action `env.set` on its name. Errors: PERMISSION_DENIED (also if it is read-only), NOT_FOUND.
---@param key string The variable's name, or the id of its entry.
---@param value string
---@return true? ok
---@return error? err
function env.set(key, value) end

---Returns all variables that have a name and a value, and that the script may read.
---@return table? values Values by name.
---@return error? err
function env.get_all() end

return env
