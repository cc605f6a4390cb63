---@meta ctx

---Values that whoever made the call gave along, such as the id of a request. Read-only.
---@class ctx
local ctx = {}

---Errors: INVALID for an empty key, NOT_FOUND for a key that the context has not got.
---@param key string
---@return any value A copy.
---@return error? err
function ctx.get(key) end

---All values, by their keys; an empty table when there are none.
---@return table? values A copy.
---@return error? err
function ctx.all() end

return ctx
