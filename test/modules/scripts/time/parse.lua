local time = require("time")

local function utc(layout, value, location) return assert(time.parse(layout, value, location)):utc():format(time.RFC3339NANO) end

same(utc(time.RFC3339, "2024-12-29T15:04:05Z"), "2024-12-29T15:04:05Z")
same(utc(time.RFC3339, "2024-12-29T15:04:05.25+01:30"), "2024-12-29T13:34:05.25Z")
same(utc("2006-01-02", "2024-12-29"), "2024-12-29T00:00:00Z")
same(utc("15:04:05", "14:30:00"), "0000-01-01T14:30:00Z")
same(utc(time.RFC1123Z, "Sun, 29 Dec 2024 14:30:00 -0800"), "2024-12-29T22:30:00Z")
same(utc(time.KITCHEN, "12:05AM"), "0000-01-01T00:05:00Z")
same(utc(time.KITCHEN, "3:05PM"), "0000-01-01T15:05:00Z")
same(utc(time.STAMP_MICRO, "Feb  3 15:04:05.123456"), "0000-02-03T15:04:05.123456Z")
same(utc("January 2, 06", "march 4, 69"), "1969-03-04T00:00:00Z")
same(utc("2006 002", "2024 366"), "2024-12-31T00:00:00Z")
same(utc("2006-01-02 15:04", "2024-07-01 14:30", time.load_location("America/New_York")), "2024-07-01T18:30:00Z")
same(utc("15:04 MST", "14:30 UTC"), "0000-01-01T14:30:00Z")
-- An abbreviation says an offset only in a location that has it.
same(utc("2006-01-02 15:04 MST", "2024-01-29 14:30 EST"), "2024-01-29T14:30:00Z")
same(utc("2006-01-02 15:04 MST", "2024-01-29 14:30 EST", time.load_location("America/New_York")), "2024-01-29T19:30:00Z")
-- In any season, and where another country's English knows the name.
for _, case in ipairs({
  {"Europe/London", "2024-07-01 12:00 BST", "2024-07-01T11:00:00Z"}, {"Europe/London", "2024-01-01 12:00 BST", "2024-01-01T11:00:00Z"},
  {"Europe/Berlin", "2024-07-01 12:00 CEST", "2024-07-01T10:00:00Z"}, {"Europe/Berlin", "2024-07-01 12:00 CET", "2024-07-01T11:00:00Z"},
  {"Australia/Sydney", "2024-01-01 12:00 AEDT", "2024-01-01T01:00:00Z"}, {"Asia/Kolkata", "2024-01-01 12:00 IST", "2024-01-01T06:30:00Z"},
  {"America/New_York", "2024-01-01 12:00 PST", "2024-01-01T12:00:00Z"}, {"Europe/Moscow", "2024-01-01 12:00 MSK", "2024-01-01T12:00:00Z"},
}) do
  same(utc("2006-01-02 15:04 MST", case[2], time.load_location(case[1])), case[3])
end
same(time.parse("2006-01-02 15:04 MST", "2024-07-01 12:00 BST", time.load_location("Europe/London")):location():string(), "Europe/London")
same(time.parse(time.RFC822, "29 Dec 24 14:30 CET"):format(time.RFC822), "29 Dec 24 14:30 CET")

refused(errors.INVALID, 'value: "invalid" does not fit the layout "2006-01-02T15:04:05Z07:00": expected year', time.parse(time.RFC3339, "invalid"))
refused(errors.INVALID, "month out of range", time.parse("2006-01-02", "2024-13-01"))
refused(errors.INVALID, "day out of range", time.parse("2006-01-02", "2023-02-29"))
refused(errors.INVALID, "hour out of range", time.parse("15:04", "24:00"))
refused(errors.INVALID, 'expected the end, got "x"', time.parse("2006-01-02", "2024-02-29x"))
refused(errors.INVALID, 'expected "-"', time.parse("2006-01-02", "2024/02/29"))
refused(errors.INVALID, "layout: expected a string, got nil", time.parse())
refused(errors.INVALID, "value: expected at most 1000 characters", time.parse("2006", ("x"):rep(1001)))
refused(errors.INVALID, "layout: expected at most 1000 characters", time.parse(("x"):rep(1001), "2006"))
refused(errors.INVALID, "location: expected a location, got string", time.parse("2006", "2006", "UTC"))
