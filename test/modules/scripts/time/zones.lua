local time = require("time")

local ny = assert(time.load_location("America/New_York"))
same({ny:string(), tostring(ny)}, {"America/New_York", "America/New_York"})
same(time.date(2024, 1, 15, 14, 0, 0, 0, ny):format(time.RFC822), "15 Jan 24 14:00 EST")
same(time.date(2024, 7, 15, 14, 0, 0, 0, ny):utc():format(time.RFC3339), "2024-07-15T18:00:00Z")
same(time.unix(0):in_location(ny):format(time.RFC3339), "1969-12-31T19:00:00-05:00")
same(time.unix(0):in_location(time.load_location("Asia/Tokyo")):format("15:04 MST"), "09:00 +09")
same(time.unix(0):in_location(ny):location() == ny, true)
-- The day on which clocks are moved has 23 hours.
local before = time.date(2024, 3, 9, 12, 0, 0, 0, ny)
same(before:add("24h"):format("15:04"), "13:00")
same(before:add_date(0, 0, 1):format("15:04"), "12:00")
same(before:add_date(0, 0, 1):sub(before):hours(), 23.0)

same(time.date(2024, 1, 15, 12, 0, 0, 0, time.fixed_zone("IST", 5 * 3600 + 1800)):format("-07:00 MST"), "+05:30 IST")
same(time.utc:string(), "UTC")
same(time.localtz:string(), "Local")
same(time.load_location("UTC") == time.utc, true)
same(time.unix(0):in_local():equal(time.unix(0)), true)

refused(errors.NOT_FOUND, 'there is no time zone "Unknown/Zone"', time.load_location("Unknown/Zone"))
refused(errors.INVALID, "name: expected a string that is not empty", time.load_location(""))
refused(errors.INVALID, "offset: expected less than 24 hours", time.fixed_zone("x", 86400))
