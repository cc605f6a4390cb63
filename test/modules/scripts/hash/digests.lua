local hash = require("hash")

-- The digests of "abc" are those of RFC 1321 and FIPS 180-4.
same(hash.md5("abc"), "900150983cd24fb0d6963f7d28e17f72")
same(hash.sha1("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d")
same(hash.sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
same(hash.sha512("abc"):sub(1, 32), "ddaf35a193617abacc417349ae204131")
same(hash.sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
same(#hash.sha256("abc", true), 32)
same(hash.sha256("abc", false), hash.sha256("abc"))
same(hash.md5("\0\255"):len(), 32)

refused(errors.INVALID, "data: expected a string, got nil", hash.sha256())
refused(errors.INVALID, "raw: expected a boolean, got string", hash.sha256("abc", "yes"))
