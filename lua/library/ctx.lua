---@meta ctx

---Values that the caller passed along with the call, such as the id of a request. They are read-only.
---@class ctx
local ctx = {}

---Returns a value. Errors: INVALID for an empty key, NOT_FOUND if the context does not have the key.
---@param key string
---@return any value A copy.
---@return error? err
function ctx.get(key) end

---Returns all values by key; an empty table if there are none.
---@return table? values A copy.
---@return error? err
function ctx.all() end

return ctx
