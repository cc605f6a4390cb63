---@meta channel

---How the coroutines of a script hand values to each other, as in Go. Also a global. `coroutine.spawn(f, ...)` starts a
---function beside the others: it runs when they wait, and they when it does.
---@class channel
local channel = {}

---@class channel.Channel
---@operator concat(any): string
local Channel = {}

---Something that a `select` may do.
---@class channel.Case
local Case = {}

---What a `select` did.
---@class channel.Selected
---@field channel? channel.Channel
---@field value any What was received, or sent.
---@field ok boolean False: nothing was received, since the channel is closed.
---@field default? boolean True: nothing could be done at once.

---A channel. What one coroutine sends is what another receives, tables and functions too.
---@param size? integer How many values it keeps that nobody has taken; 0, the default: a sender waits for its receiver.
---@return channel.Channel
function channel.new(size) end

---Does the first of the cases that can be done, in the order given; else waits for one of them. With `default = true`
---in the table it never waits. Raises INVALID for what is not a case, and for a case that sends on a closed channel.
---@param cases table `{a:case_receive(), b:case_send(1), default = true}`
---@return channel.Selected
function channel.select(cases) end

---Waits until somebody receives the value, or there is room for it. Raises INVALID when the channel is closed.
---@param value any
---@return true
function Channel:send(value) end

---Waits for a value. Of a closed channel: what is left, then nil and false.
---@return any value
---@return boolean ok
function Channel:receive() end

---Nothing can be sent any more. Any number of times.
---@return nil
function Channel:close() end

---@param value any
---@return channel.Case
function Channel:case_send(value) end

---@return channel.Case
function Channel:case_receive() end

return channel
