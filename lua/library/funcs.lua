---@meta funcs

---Calls functions of the registry: entries of the kind `function.lua`. Each call runs in a state of its own; arguments and
---results are copied. A call needs the action `funcs.call` on the function's id.
---
---The function inherits the actor, the policies, the context and the remaining limits of this script. Its entry can change
---the actor and the policies.
---@class funcs
local funcs = {}

---Settings for calls. Each method returns a new executor, so an executor can be used again.
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

---Creates an executor, whose methods change how functions are called:
---`funcs.new():with_context({ request_id = id }):call("app:price", cart)`.
---@return funcs.Executor executor
function funcs.new() end

---Adds values to the context (`require("ctx")`) of the function and of the functions that it calls. Needs the action
---`funcs.context` on `context`.
---@param values table plain data by name
---@return funcs.Executor? executor
---@return error? err
function Executor:with_context(values) end

---Calls as another actor. Needs the action `funcs.security` on `security`.
---@param actor security.Actor
---@return funcs.Executor? executor
---@return error? err
function Executor:with_actor(actor) end

---Calls under another scope. Needs the action `funcs.security` on `security`.
---@param scope security.Scope
---@return funcs.Executor? executor
---@return error? err
function Executor:with_scope(scope) end

---Sets options: `timeout` is the number of milliseconds after which the function is ended. It never gets more time than
---this script has left.
---@param options table
---@return funcs.Executor? executor
---@return error? err
function Executor:with_options(options) end

---Calls a function with these settings.
---@param id string such as "app:price"
---@param ... any
---@return any? result the first result of the function
---@return error? err
function Executor:call(id, ...) end

return funcs
