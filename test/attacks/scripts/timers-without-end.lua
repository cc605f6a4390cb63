-- tries: Starts timers and tickers, and forgets them.
-- from: our own search
-- expect: limit time, memory | error 
local time = require("time")
while true do time.ticker("1ms") time.timer("1h") time.after("1ms") end
