---@meta funcs

---Calls functions of the registry: entries of the kind `function.lua`. A call runs in a state of its own; what goes in
---and comes out is copied. The policies are asked with the action `funcs.call` and the function's id as resource.
---
---The function runs as this script does: as the same actor, under the same policies, with the same context, within what
---this script has left of its limits. Its own entry may say otherwise of actor and policies.
---@class funcs
local funcs = {}

---How functions are called. Each method gives another one, so one can be kept and used again.
---@class funcs.Executor
local Executor = {}

---Calls a function.
---
---```lua
---local total, err = funcs.call("app:price", cart, "EUR")
---```
---@param id string such as "app:price"
---@param ... any
---@return any? result the first result of the function
---@return error? err what it raised, or answered as `nil, err`; NOT_FOUND, PERMISSION_DENIED, TIMEOUT, RESOURCE_EXHAUSTED, RATE_LIMITED
function funcs.call(id, ...) end

---A way of calling functions that can be changed by its methods:
---`funcs.new():with_context({ request_id = id }):call("app:price", cart)`.
---@return funcs.Executor executor
function funcs.new() end

---With these values in the context of the function and of those that it calls (`require("ctx")`), beside those of this
---script. Asked as `funcs.context` on `context`.
---@param values table plain data by name
---@return funcs.Executor? executor
---@return error? err
function Executor:with_context(values) end

---As another actor. Asked as `funcs.security` on `security`.
---@param actor security.Actor
---@return funcs.Executor? executor
---@return error? err
function Executor:with_actor(actor) end

---Under another scope. Asked as `funcs.security` on `security`.
---@param scope security.Scope
---@return funcs.Executor? executor
---@return error? err
function Executor:with_scope(scope) end

---With these options: `timeout`, in milliseconds, after which the function is ended. It never gets more time than this
---script has left.
---@param options table
---@return funcs.Executor? executor
---@return error? err
function Executor:with_options(options) end

---Calls a function in this way.
---@param id string such as "app:price"
---@param ... any
---@return any? result the first result of the function
---@return error? err
function Executor:call(id, ...) end

return funcs
