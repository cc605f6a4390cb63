local time = require("time")

local before = time.now()
same(time.sleep("20ms"), true)
same(time.now():sub(before):milliseconds() >= 19, true)
same(time.sleep(0), true)
same(time.sleep("-1h"), true)
same(coroutine.wrap(function() return time.sleep(2 * time.MILLISECOND) end)(), true)
refused(errors.INVALID, 'duration: expected numbers with units', time.sleep("soon"))
