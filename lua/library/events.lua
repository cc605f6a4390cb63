---@meta events

---Events within a host, sent to everybody who listens at that moment. They are not kept for later.
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

---Returns the channel of the events; at most 1000 wait in it. Receive one with `channel():receive()`.
---@return channel.Channel
function Subscription:channel() end

---Returns how many events were dropped because the channel was full.
---@return integer
function Subscription:lost() end

---Ends the subscription and closes the channel. Events in the channel can still be received.
---@return true
function Subscription:close() end

---Sends an event. Needs the action `events.send` on the system. Errors: PERMISSION_DENIED; INVALID for the system `store`,
---which belongs to the host, and for data that is not plain data or takes more than 64 KiB.
---@param system string `orders`
---@param kind string `order.created`
---@param path string `/orders/123`
---@param data? any Plain data.
---@return true? ok
---@return error? err
function events.send(system, kind, path, data) end

---Subscribes until the run ends. Needs the action `events.subscribe` on the system as given, and on that of each event.
---Events of the system `store` are changes of stores; a script only gets those whose key it may read.
---Errors: PERMISSION_DENIED, UNAVAILABLE for more than 100 subscriptions at a time, those of the functions that the
---script calls included.
---@param system string `*` matches any characters.
---@param kind? string Only events of this kind.
---@return events.Subscription? subscription
---@return error? err
function events.subscribe(system, kind) end

return events
