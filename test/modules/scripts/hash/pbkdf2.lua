local hash = require("hash")

local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end

-- RFC 7914, section 11.
same(hex(hash.pbkdf2("passwd", "salt", 1, 64)):sub(1, 32), "55ac046e56e3089fec1691c22544b605")
same(#hash.pbkdf2("passwd", "salt", 1000, 20, "sha512"), 20)

refused(errors.INVALID, "password: expected a string that is not empty", hash.pbkdf2("", "salt", 1, 32))
refused(errors.INVALID, "salt: expected a string that is not empty", hash.pbkdf2("p", "", 1, 32))
refused(errors.INVALID, "iterations: expected 1 to 1000000 for all blocks of the key together", hash.pbkdf2("p", "s", 0, 32))
refused(errors.INVALID, "iterations: expected 1 to 1000000 for all blocks of the key together", hash.pbkdf2("p", "s", 1000000, 33))
refused(errors.INVALID, "key_length: expected 1 to 1024 bytes, got 0", hash.pbkdf2("p", "s", 1, 0))
refused(errors.INVALID, "key_length: expected 1 to 1024 bytes, got 1025", hash.pbkdf2("p", "s", 1, 1025))
refused(errors.INVALID, 'hash: expected sha256 or sha512, got "md5"', hash.pbkdf2("p", "s", 1, 32, "md5"))
