---@meta events

---What happens in a host, told to those who listen at that moment; nothing is kept for those who do not.
---@class events
local events = {}

---@class events.Event
---@field system string
---@field kind string
---@field path string
---@field data? any

---@class events.Subscription
---@operator concat(any): string
local Subscription = {}

---Where events wait, 1000 at most: `for` each, `channel():receive()`.
---@return channel.Channel
function Subscription:channel() end

---How many events came while the channel was full.
---@return integer
function Subscription:lost() end

---No more events. The channel is closed; what is in it can still be received.
---@return true
function Subscription:close() end

---Tells those who listen. Asks `events.send` on the system. Errors: PERMISSION_DENIED; INVALID for the system `store`,
---which is the host's own, and for data that are not plain data or take more than 64 KiB.
---@param system string `orders`
---@param kind string `order.created`
---@param path string `/orders/123`
---@param data? any Plain data.
---@return true? ok
---@return error? err
function events.send(system, kind, path, data) end

---Listens until the run ends. Asks `events.subscribe` on the system as given, and on that of each event. Events of the
---system `store` are changes of stores; of those it gets whose key it may read.
---Errors: PERMISSION_DENIED, UNAVAILABLE for more than 10000 subscriptions and timers.
---@param system string `*` is any run of characters.
---@param kind? string Only this one.
---@return events.Subscription? subscription
---@return error? err
function events.subscribe(system, kind) end

return events
