local crypto = require("crypto")

same(#crypto.random.bytes(1), 1)
same(#crypto.random.bytes(1048576), 1048576)
assert(crypto.random.bytes(16) ~= crypto.random.bytes(16))
assert(crypto.random.string(1000):match("^%w+$"))
assert(crypto.random.string(1000, "abc"):match("^[abc]+$"))
same(crypto.random.string(5, "x"), "xxxxx")
assert(crypto.random.uuid():match("^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$"))

-- Each byte of the alphabet turns up about as often.
local counts = {}
for c in crypto.random.string(70000, "0123456"):gmatch(".") do counts[c] = (counts[c] or 0) + 1 end
for c, n in pairs(counts) do assert(n > 9000 and n < 11000, c .. n) end

refused(errors.INVALID, "length: expected 1 to 1048576 bytes, got 0", crypto.random.bytes(0))
refused(errors.INVALID, "length: expected 1 to 1048576 bytes, got 1048577", crypto.random.string(1048577))
refused(errors.INVALID, "length: expected a whole number, got 1.5", crypto.random.bytes(1.5))
refused(errors.INVALID, "charset: expected 1 to 256 bytes, got 0", crypto.random.string(1, ""))
