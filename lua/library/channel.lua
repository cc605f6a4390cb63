---@meta channel

---Channels, through which the coroutines of a script exchange values, as in Go. `channel` is also a global.
---`coroutine.spawn(f, ...)` starts a function that runs concurrently: whenever one coroutine waits, others run.
---@class channel
local channel = {}

---@class channel.Channel
---@operator concat(any): string
local Channel = {}

---A case for `select`.
---@class channel.Case
local Case = {}

---The result of `select`.
---@class channel.Selected
---@field channel? channel.Channel
---@field value any The value that was received or sent.
---@field ok boolean False if the channel is closed, so nothing was received.
---@field default? boolean True if no case was ready.

---Creates a channel. The receiver gets the same value that was sent, also for tables and functions.
---@param size? integer How many values the channel buffers; with 0, the default, a sender waits for its receiver.
---@return channel.Channel
function channel.new(size) end

---Performs the first case that is ready, in the given order, or waits until one is. With `default = true` in the table it
---never waits. Raises INVALID if an item is not a case, or if a case sends on a closed channel.
---@param cases table `{a:case_receive(), b:case_send(1), default = true}`
---@return channel.Selected
function channel.select(cases) end

---Sends a value: waits until somebody receives it, or until it is in the buffer. Raises INVALID if the channel is closed.
---@param value any
---@return true
function Channel:send(value) end

---Waits for a value. From a closed channel it returns the values that are left, and then nil and false.
---@return any value
---@return boolean ok
function Channel:receive() end

---Closes the channel for sending. It can be called several times.
---@return nil
function Channel:close() end

---@param value any
---@return channel.Case
function Channel:case_send(value) end

---@return channel.Case
function Channel:case_receive() end

return channel
