local crypto, hash = require("crypto"), require("hash")

same(crypto.hmac.sha256("Jefe", "what do ya want for nothing?"),
  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
same(crypto.hmac.sha512("k", "d"), hash.hmac_sha512("d", "k"))
refused(errors.INVALID, "key: expected a string that is not empty", crypto.hmac.sha256("", "d"))

same(crypto.pbkdf2("p", "s", 2, 32), hash.pbkdf2("p", "s", 2, 32))

same(crypto.constant_time_compare("abc", "abc"), true)
same(crypto.constant_time_compare("abc", "abd"), false)
same(crypto.constant_time_compare("abc", "abcd"), false)
same(crypto.constant_time_compare("", ""), true)
raises("b: expected a string, got nil", crypto.constant_time_compare, "abc")
