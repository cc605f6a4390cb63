local time = require("time")

local t = assert(time.unix(1703862245, 500000000)):utc()
same(t:format(time.RFC3339NANO), "2023-12-29T15:04:05.5Z")
same({t:unix(), t:unix_milli(), t:unix_nano()}, {1703862245, 1703862245500, 1703862245500000000})
local exact = assert(time.unix(0, 1703862245123456789))
same(exact:unix_nano(), 1703862245123456789)
same(exact:nanosecond(), 123456789)
same(assert(time.unix(1703862245, 123456789)):unix_nano(), 1703862245123456789)
same(assert(time.unix(0, -1)):unix_nano(), -1)
same(math.type(assert(time.parse(time.RFC3339, "2500-01-01T00:00:00Z")):unix_nano()), "float")
same({t:date()}, {2023, 12, 29})
same({t:clock()}, {15, 4, 5})
same({t:year(), t:month(), t:day(), t:hour(), t:minute(), t:second()}, {2023, 12, 29, 15, 4, 5})
same({t:nanosecond(), t:weekday(), t:year_day()}, {500000000, time.FRIDAY, 363})
same(time.unix(-0.25):utc():format(time.RFC3339NANO), "1969-12-31T23:59:59.75Z")

local now = time.now()
same(math.abs(now:unix() - os.time()) < 60, true)
same(now:nanosecond() % 1000000, 0) -- no finer than milliseconds

-- Arithmetic
same(t:add("24h"):format(time.DATE_TIME), "2023-12-30 15:04:05")
same(t:add(5 * time.MINUTE):format(time.TIME_ONLY), "15:09:05")
same(t:add("-5.5s"):format(time.RFC3339NANO), "2023-12-29T15:04:00Z")
same(tostring(t:add("36h"):sub(t)), "36h0m0s")
same(t:add_date(0, 2, 1):format(time.DATE_ONLY), "2024-03-01") -- the 30th of February
same(t:add_date(1):format(time.DATE_ONLY), "2024-12-29")
same({t:before(t:add("1ns")), t:after(t), t:equal(time.unix(1703862245.5))}, {true, false, true})

-- What is too much of one part counts for the next.
same(time.date(2024, 13, 32, 25, 61, 61, 1e9, time.utc):format(time.DATE_TIME), "2025-02-02 02:02:02")
same(time.date(1, 1, 1, 0, 0, 0, 0, time.utc):is_zero(), true)
same(t:is_zero(), false)

-- Rounding
same(t:truncate("1h"):format(time.TIME_ONLY), "15:00:00")
same(t:truncate(time.parse_duration("15m")):format(time.TIME_ONLY), "15:00:00")
same(t:round("1s"):format(time.TIME_ONLY), "15:04:06")
same(t:round("1m"):format(time.TIME_ONLY), "15:04:00")
same(t:round("0s"):equal(t), true)
same(time.date(0, 6, 1, 5, 0, 0, 0, time.utc):truncate("24h"):format(time.DATE_TIME), "0000-06-01 00:00:00")

refused(errors.INVALID, "a time must be in the years 0 to 9999", time.unix(1e15))
refused(errors.INVALID, "a time must be in the years 0 to 9999", time.unix(0 / 0))
refused(errors.INVALID, "a time must be in the years 0 to 9999", time.date(10000, 1, 1))
refused(errors.INVALID, "a time must be in the years 0 to 9999", t:add_date(2 ^ 40, 0, 0))
refused(errors.INVALID, "month: expected a whole number, got 1.5", time.date(2024, 1.5, 1))
refused(errors.INVALID, "other: expected a time, got number", t:sub(1))
raises("other: expected a time, got nil", t.before, t)
