---@meta errors

---Errors with a kind. `errors` is a global of every script; `require("errors")` returns the same table.
---@class errors
errors = {}

---The thing asked for does not exist. Not retryable.
errors.NOT_FOUND = "NotFound"
---The thing to be created exists already. Not retryable.
errors.ALREADY_EXISTS = "AlreadyExists"
---The call itself is wrong. Not retryable.
errors.INVALID = "Invalid"
---The policies do not allow it. Not retryable.
errors.PERMISSION_DENIED = "PermissionDenied"
---It is not possible right now: a store is full, a server is down. Retryable.
errors.UNAVAILABLE = "Unavailable"
---The host or a module has a bug; the host gets the details. Not retryable.
errors.INTERNAL = "Internal"
---It was ended from outside. Not retryable.
errors.CANCELED = "Canceled"
---Somebody else changed the same thing first. Retryable.
errors.CONFLICT = "Conflict"
---It took too long. Retryable.
errors.TIMEOUT = "Timeout"
---A quota, or a limit on output or stores, was reached. Retryable.
errors.RATE_LIMITED = "RateLimited"
---A script held more than a limit allows: memory, a string, coroutines. Not retryable.
errors.RESOURCE_EXHAUSTED = "ResourceExhausted"
---The error has no kind.
errors.UNKNOWN = ""

---The second result of a call that fails. `tostring` and `..` give its context and its message.
---@class error
---@operator concat(any): string
local Error = {}

---Returns the kind: the value of a constant (`errors.NOT_FOUND`), or a script's own word.
---@return string
function Error:kind() end

---Returns the message without the context.
---@return string
function Error:message() end

---Returns whether the same call may succeed later, or nil if that is unknown.
---@return boolean?
function Error:retryable() end

---Returns a copy of the details, such as the action that was denied, or nil if there are none.
---@return table?
function Error:details() end

---Returns the text, followed by the place in Lua where the error was raised.
---@return string
function Error:stack() end

---@class errors.Fields
---@field message string
---@field kind? string A constant, its name (`"CONFLICT"`), or a word of your own.
---@field retryable? boolean Default: depends on the kind.
---@field details? table Plain data.

---@class errors.Frame
---@field source string
---@field line? integer
---@field name? string

---@class errors.CallStack
---@field thread string
---@field frames errors.Frame[] The innermost first.

---Creates an error from a kind and a message, from a message alone, or from a table of fields. Raises INVALID for anything else.
---@param kind string A constant, its name (`"CONFLICT"`), or a word of your own.
---@param message string
---@return error
---@overload fun(message: string): error
---@overload fun(fields: errors.Fields): error
function errors.new(kind, message) end

---Returns the same error with a context in front of its text: `loading the cart: key not found`. Raises INVALID if `err` is
---neither an error nor a string.
---@param err error|string
---@param context string
---@return error
function errors.wrap(err, context) end

---Returns whether `x` is an error of this kind; false if it is not an error.
---@param x any
---@param kind string
---@return boolean
function errors.is(x, kind) end

---Returns the place in Lua where an error was raised; nil if `err` is not an error.
---@param err error
---@return errors.CallStack?
function errors.call_stack(err) end

return errors
