local hash = require("hash")

-- RFC 2202 and RFC 4231, the second test case of each.
local key, data = "Jefe", "what do ya want for nothing?"
same(hash.hmac_md5(data, key), "750c783e6ab0b503eaa86e310a5db738")
same(hash.hmac_sha1(data, key), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
same(hash.hmac_sha256(data, key), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
same(hash.hmac_sha512(data, key):sub(1, 32), "164b7a7bfcf819e2e395fbe73b56e0a3")
same(#hash.hmac_sha512(data, key, true), 64)

refused(errors.INVALID, "secret: expected a string, got nil", hash.hmac_sha256("abc"))
