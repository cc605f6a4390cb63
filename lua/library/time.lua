---@meta time

---Points in time, durations and time zones as in Go; sleep, timers and tickers.
---@class time
---@field utc time.Location
---@field localtz time.Location The host's time zone; its name is "Local".
local time = {}

---A span of time: exact up to 104 days, beyond that to the nearest float; at most 292 years.
---@class time.Duration
---@operator concat(any): string
local Duration = {}

---@return number
function Duration:hours() end

---@return number
function Duration:minutes() end

---@return number
function Duration:seconds() end

---@return integer n What is left of a millisecond is dropped.
function Duration:milliseconds() end

---@return integer n What is left of a microsecond is dropped.
function Duration:microseconds() end

---@return integer
function Duration:nanoseconds() end

---A time zone.
---@class time.Location
---@operator concat(any): string
local Location = {}

---@return string name
function Location:string() end

---A point in time, exact to the nanosecond, with the time zone in which it is shown. Years 0 to 9999. Compare with `equal`.
---@class time.Time
---@operator concat(any): string
local Time = {}

---Errors: INVALID if it is not a duration, or the result is outside the years 0 to 9999.
---@param duration time.Duration|string|number
---@return time.Time? time
---@return error? err
function Time:add(duration) end

---Errors: INVALID if it is not a time, or if they are more than 292 years apart.
---@param other time.Time
---@return time.Duration? duration
---@return error? err
function Time:sub(other) end

---Another date at the same time of day. The 31st of a month that has 30 days is the first of the next.
---Errors: INVALID if the result is outside the years 0 to 9999.
---@param years? integer
---@param months? integer
---@param days? integer
---@return time.Time? time
---@return error? err
function Time:add_date(years, months, days) end

---@param other time.Time
---@return boolean
function Time:before(other) end

---@param other time.Time
---@return boolean
function Time:after(other) end

---Returns whether both are the same instant, in whatever time zones.
---@param other time.Time
---@return boolean
function Time:equal(other) end

---@param layout string How Go writes it: `2006-01-02 15:04:05`. At most 1000 characters.
---@return string
function Time:format(layout) end

---@return string
function Time:format_rfc3339() end

---@return integer seconds Since 1970, rounded down.
function Time:unix() end

---@return integer milliseconds Since 1970, rounded down.
function Time:unix_milli() end

---@return integer nanoseconds Since 1970. Outside of the years 1677 to 2262 it is a float.
function Time:unix_nano() end

---@return integer year
---@return integer month
---@return integer day
function Time:date() end

---@return integer hour
---@return integer minute
---@return integer second
function Time:clock() end

---@return integer
function Time:year() end

---@return integer month From 1 to 12.
function Time:month() end

---@return integer
function Time:day() end

---@return integer
function Time:hour() end

---@return integer
function Time:minute() end

---@return integer
function Time:second() end

---@return integer
function Time:nanosecond() end

---@return integer weekday From 0, which is Sunday, to 6.
function Time:weekday() end

---@return integer day From 1 to 366.
function Time:year_day() end

---Whether it is the first instant of the year 1, in UTC.
---@return boolean
function Time:is_zero() end

---@return time.Time
function Time:utc() end

---@return time.Time
function Time:in_local() end

---@param location time.Location
---@return time.Time
function Time:in_location(location) end

---@return time.Location
function Time:location() end

---The nearest multiple of a duration since the year 1, in UTC; halves go up.
---@param duration time.Duration|string|number
---@return time.Time? time
---@return error? err
function Time:round(duration) end

---The multiple of a duration since the year 1, in UTC, that is not after it.
---@param duration time.Duration|string|number
---@return time.Time? time
---@return error? err
function Time:truncate(duration) end

---Returns the current time, exact to the millisecond, in the host's time zone.
---@return time.Time
function time.now() end

---Errors: INVALID outside the years 0 to 9999.
---@param sec number Seconds since 1970; fractions are allowed.
---@param nsec? number
---@return time.Time? time In the host's time zone.
---@return error? err
function time.unix(sec, nsec) end

---Creates a time. Values out of range carry over: January 32 is February 1.
---Errors: INVALID outside the years 0 to 9999.
---@param year integer
---@param month integer
---@param day integer
---@param hour? integer
---@param minute? integer
---@param second? integer
---@param nanosecond? integer
---@param location? time.Location Default: the host's time zone.
---@return time.Time? time
---@return error? err
function time.date(year, month, day, hour, minute, second, nanosecond, location) end

---Parses a time. Errors: INVALID if the value does not fit the layout, with the reason.
---@param layout string
---@param value string
---@param location? time.Location The zone of a value without an offset; default: UTC, and the abbreviations of the host's zone.
---@return time.Time? time
---@return error? err
function time.parse(layout, value, location) end

---Errors: INVALID if it is not a duration.
---@param value time.Duration|string|number A text such as `"1h30m"`, units ns us ms s m h; or nanoseconds.
---@return time.Duration? duration
---@return error? err
function time.parse_duration(value) end

---Returns a time zone. Errors: INVALID for an empty name, NOT_FOUND if it does not exist.
---@param name string A name of the IANA database such as `"Europe/Paris"`, `"UTC"`, or `"Local"` for the host's.
---@return time.Location? location
---@return error? err
function time.load_location(name) end

---Errors: INVALID for an offset of a day or more.
---@param name string
---@param offset number Seconds east of UTC.
---@return time.Location? location
---@return error? err
function time.fixed_zone(name, offset) end

---Sends the time to a channel once. It ends with the call that started it.
---@class time.Timer
local Timer = {}

---@return channel.Channel channel Of size 1: of `time.Time`.
function Timer:channel() end

---Stops the timer; after that the channel receives nothing.
---@return boolean wasLive Whether it was still running, or its time was still waiting in the channel.
function Timer:stop() end

---Stops the timer and starts it again.
---Errors: INVALID if it is not a duration, UNAVAILABLE for more than 10000 timers and subscriptions.
---@param duration time.Duration|string|number
---@return boolean? wasLive As for `stop`.
---@return error? err
function Timer:reset(duration) end

---Sends the time to a channel again and again. It ends with the call that started it.
---@class time.Ticker
local Ticker = {}

---@return channel.Channel channel Of size 1, of `time.Time`: as long as one tick waits in it, new ticks are dropped.
function Ticker:channel() end

---Stops the ticker; after that the channel receives nothing, and a waiting tick is removed.
---@return boolean wasTicking
function Ticker:stop() end

---Returns a channel that receives the time once.
---Errors: INVALID if it is not a duration, UNAVAILABLE for more than 10000 timers and subscriptions.
---@param duration time.Duration|string|number With zero or less, as soon as the script waits.
---@return channel.Channel? channel Of size 1: of `time.Time`.
---@return error? err
function time.after(duration) end

---Errors: INVALID if it is not a duration, UNAVAILABLE for more than 10000 timers and subscriptions.
---@param duration time.Duration|string|number With zero or less, as soon as the script waits.
---@return time.Timer? timer
---@return error? err
function time.timer(duration) end

---Errors: INVALID if it is not a duration or less than a millisecond, UNAVAILABLE for more than 10000 timers and
---subscriptions.
---@param duration time.Duration|string|number The period.
---@return time.Ticker? ticker
---@return error? err
function time.ticker(duration) end

---Waits; the process goes on meanwhile. The time counts for the time limit, and the wait ends with the call.
---Errors: INVALID if it is not a duration, or where a script can't wait.
---@param duration time.Duration|string|number With zero or less, it returns at once.
---@return true? done
---@return error? err
function time.sleep(duration) end

time.NANOSECOND = 1.0
time.MICROSECOND = 1e3
time.MILLISECOND = 1e6
time.SECOND = 1e9
time.MINUTE = 60e9
time.HOUR = 3600e9

time.RFC3339 = "2006-01-02T15:04:05Z07:00"
time.RFC3339NANO = "2006-01-02T15:04:05.999999999Z07:00"
time.RFC822 = "02 Jan 06 15:04 MST"
time.RFC822Z = "02 Jan 06 15:04 -0700"
time.RFC850 = "Monday, 02-Jan-06 15:04:05 MST"
time.RFC1123 = "Mon, 02 Jan 2006 15:04:05 MST"
time.RFC1123Z = "Mon, 02 Jan 2006 15:04:05 -0700"
time.DATE_TIME = "2006-01-02 15:04:05"
time.DATE_ONLY = "2006-01-02"
time.TIME_ONLY = "15:04:05"
time.KITCHEN = "3:04PM"
time.STAMP = "Jan _2 15:04:05"
time.STAMP_MILLI = "Jan _2 15:04:05.000"
time.STAMP_MICRO = "Jan _2 15:04:05.000000"
time.STAMP_NANO = "Jan _2 15:04:05.000000000"

time.JANUARY = 1
time.FEBRUARY = 2
time.MARCH = 3
time.APRIL = 4
time.MAY = 5
time.JUNE = 6
time.JULY = 7
time.AUGUST = 8
time.SEPTEMBER = 9
time.OCTOBER = 10
time.NOVEMBER = 11
time.DECEMBER = 12

time.SUNDAY = 0
time.MONDAY = 1
time.TUESDAY = 2
time.WEDNESDAY = 3
time.THURSDAY = 4
time.FRIDAY = 5
time.SATURDAY = 6

time.utc = Location
time.localtz = Location

return time
