-- tries: Writes dates by odd and long patterns, and for odd moments.
-- from: our own search
-- expect: result "contained"
for c = 0, 255 do
  pcall(os.date, "%" .. string.char(c))
  pcall(os.date, "!%E" .. string.char(c))
  pcall(os.date, "%O" .. string.char(c), 0)
end
for _, t in ipairs({ math.maxinteger, math.mininteger, 2^53, -2^62, 0/0, 1/0, 67767976233532799, 67767976233532800 }) do
  pcall(os.date, "*t", t)
  pcall(os.date, "!%c%x%X%Y%G%V", t)
end
pcall(os.date, ("%c"):rep(1e6))
pcall(os.time, setmetatable({}, { __index = function() return math.maxinteger end }))
pcall(os.time, { year = 2^31, month = 2^31, day = 2^31, hour = -2^31, min = 2^31, sec = 2^31 })
return "contained"
