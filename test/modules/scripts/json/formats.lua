local json = require("json")

local valid = {
  date = {"2024-02-29", "1999-12-31"},
  time = {"23:59:60Z", "10:00:00.5+02:00"},
  ["date-time"] = {"2024-02-29T10:00:00Z", "2024-02-29t10:00:00.123-05:30"},
  duration = {"P1Y2M3DT4H5M6S", "PT1H", "P2W"},
  email = {"a.b+c@example.com"},
  hostname = {"example.com", "xn--a", "localhost"},
  ipv4 = {"127.0.0.1", "255.255.255.255"},
  ipv6 = {"::1", "2001:db8::8a2e:370:7334", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8"},
  uri = {"https://example.com/a?b#c", "urn:isbn:1"},
  uuid = {"c232ab00-9414-11ec-b3c8-9f6bdeced846"},
}
local invalid = {
  date = {"2023-02-29", "2024-13-01", "2024-1-1", "1900-02-29"},
  time = {"24:00:00Z", "10:00:00"},
  ["date-time"] = {"2024-02-29", "2024-02-30T10:00:00Z"},
  duration = {"P", "PT", "1h", "P1H"},
  email = {"a", "@b", "a@b@c", "a..b@c.d", ("a"):rep(65) .. "@b.c"},
  hostname = {"-a", "a..b", ("a"):rep(64), ""},
  ipv4 = {"1.2.3", "256.1.1.1", "01.1.1.1"},
  ipv6 = {":::", "1:2:3:4:5:6:7", "1::2::3", "12345::", "1:2:3:4:5:6:7::8"},
  uri = {"example.com", "http://a b", "//x"},
  uuid = {"c232ab00941411ecb3c89f6bdeced846"},
}
for format, texts in pairs(valid) do
  for _, text in ipairs(texts) do
    if not json.validate({format = format}, text) then error(format .. ": " .. text) end
  end
end
for format, texts in pairs(invalid) do
  for _, text in ipairs(texts) do
    if json.validate({format = format}, text) then error(format .. " is not: " .. text) end
  end
end
