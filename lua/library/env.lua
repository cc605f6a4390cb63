---@meta env

---The variables of the environment that the registry declares, as far as the policies let the script.
---@class env
local env = {}

---Asks `env.get` on the variable's name. Errors: PERMISSION_DENIED, NOT_FOUND for one that is not declared or not set.
---@param key string The variable's name, or the id of its entry.
---@return string? value
---@return error? err
function env.get(key) end

---Asks `env.set` on the variable's name. Errors: PERMISSION_DENIED, also for one that is read-only; NOT_FOUND.
---@param key string The variable's name, or the id of its entry.
---@param value string
---@return true? ok
---@return error? err
function env.set(key, value) end

---All that are set, have a name, and may be read.
---@return table? values By their names.
---@return error? err
function env.get_all() end

return env
