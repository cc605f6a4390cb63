local time = require("time")

local d = assert(time.parse_duration("1h30m45s500ms"))
same(d:hours(), 5445.5 / 3600)
same(d:minutes(), 5445.5 / 60)
same(d:seconds(), 5445.5)
same({d:milliseconds(), d:microseconds(), d:nanoseconds()}, {5445500, 5445500000, 5445500000000})
same(tostring(d), "1h30m45.5s")
same(5 * time.SECOND, 5000000000)

local function shown(value) return tostring(assert(time.parse_duration(value))) end
same(shown("-1.5h"), "-1h30m0s")
same(shown("1h0m0.000000001s"), "1h0m0.000000001s")
same(shown(".5ms"), "500µs")
same(shown("0.1s"), "100ms")
same(shown("1us2ns"), "1.002µs")
same(shown("0"), "0s")
same(shown(time.MINUTE), "1m0s")
same(shown(d), "1h30m45.5s")

for _, text in ipairs({"", "5", "h", "1h ", "1 h", "-", "1x", "1e3s", ".s", ("1h"):rep(200)}) do
  refused(errors.INVALID, 'duration: expected numbers with units, as "1h30m"', time.parse_duration(text))
end
refused(errors.INVALID, "duration: expected at most 292 years", time.parse_duration("2562048h"))
refused(errors.INVALID, "duration: expected at most 292 years", time.parse_duration(0 / 0))
refused(errors.INVALID, "duration: expected a duration, a string or a number of nanoseconds, got table", time.parse_duration({}))
