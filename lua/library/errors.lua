---@meta errors

---Errors that a script can tell apart by their kind. A global of every script; `require("errors")` is the same table.
---@class errors
errors = {}

---Something that was asked for is not there. Not retryable.
errors.NOT_FOUND = "NotFound"
---Something that was to be made is there. Not retryable.
errors.ALREADY_EXISTS = "AlreadyExists"
---The call makes no sense as it is. Not retryable.
errors.INVALID = "Invalid"
---The policies do not allow it. Not retryable.
errors.PERMISSION_DENIED = "PermissionDenied"
---It can't be done now: a store is full, a server is down. Retryable.
errors.UNAVAILABLE = "Unavailable"
---A bug, which the host hears of. Not retryable.
errors.INTERNAL = "Internal"
---Ended from outside. Not retryable.
errors.CANCELED = "Canceled"
---Somebody else was faster. Retryable.
errors.CONFLICT = "Conflict"
---It took too long. Retryable.
errors.TIMEOUT = "Timeout"
---It was too much in too short a time. Retryable.
errors.RATE_LIMITED = "RateLimited"
---A script held more than a limit allows: memory, a string, coroutines. Not retryable.
errors.RESOURCE_EXHAUSTED = "ResourceExhausted"
---Nothing is known about it.
errors.UNKNOWN = ""

---What a call answers second when it fails. `tostring` and `..` show its context and its message.
---@class error
---@operator concat(any): string
local Error = {}

---The kind: the value of a constant (`errors.NOT_FOUND`), or a script's own word.
---@return string
function Error:kind() end

---What went wrong, without the context.
---@return string
function Error:message() end

---Whether the same call may succeed later; nil when that is not known.
---@return boolean?
function Error:retryable() end

---A copy of what else is known, such as the action that was denied; nil when there is nothing.
---@return table?
function Error:details() end

---The text, and under it where in Lua the error came from.
---@return string
function Error:stack() end

---@class errors.Fields
---@field message string
---@field kind? string A constant, its name (`"CONFLICT"`), or a word of your own.
---@field retryable? boolean Default: what the kind says.
---@field details? table Plain data.

---@class errors.Frame
---@field source string
---@field line? integer
---@field name? string

---@class errors.CallStack
---@field thread string
---@field frames errors.Frame[] The innermost first.

---Makes an error: of a kind and a message, of a message alone, or of a table of fields. Raises INVALID for anything else.
---@param kind string A constant, its name (`"CONFLICT"`), or a word of your own.
---@param message string
---@return error
---@overload fun(message: string): error
---@overload fun(fields: errors.Fields): error
function errors.new(kind, message) end

---The same error, with one more layer of what was being done: `loading the cart: key not found`. Raises INVALID for what is
---neither an error nor a text.
---@param err error|string
---@param context string
---@return error
function errors.wrap(err, context) end

---Whether something is an error of this kind. False for what is not an error.
---@param x any
---@param kind string
---@return boolean
function errors.is(x, kind) end

---Where in Lua an error came from; nil for what is not an error.
---@param err error
---@return errors.CallStack?
function errors.call_stack(err) end

return errors
