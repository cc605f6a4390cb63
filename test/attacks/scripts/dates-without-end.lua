-- tries: Writes long dates for ever.
-- from: our own search
-- expect: limit time
local f = ("%c"):rep(400)
while true do os.date(f) end
