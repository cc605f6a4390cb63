local crypto = require("crypto")

for _, name in ipairs {"aes", "chacha20"} do
  local encrypt, decrypt, key = crypto.encrypt[name], crypto.decrypt[name], ("k"):rep(32)
  for _, data in ipairs {"", "x", "hello\0\255", ("long"):rep(1000)} do
    local sealed = assert(encrypt(data, key))
    same(#sealed, #data + 28)
    same(decrypt(sealed, key), data)
    assert(encrypt(data, key) ~= sealed, "the same nonce twice")
    same(decrypt(encrypt(data, key, "about"), key, "about"), data)
  end
  local sealed = encrypt("hello", key, "about")
  local function no(...) refused(errors.INVALID, "data: can't be decrypted with this key and this additional data", decrypt(...)) end
  no(sealed, key)
  no(sealed, key, "other")
  no(sealed, ("K"):rep(32), "about")
  no(sealed:sub(1, -2), key, "about")
  no("short", key)
  for i = 1, #sealed do
    no(sealed:sub(1, i - 1) .. string.char(sealed:byte(i) ~ 1) .. sealed:sub(i + 1), key, "about")
  end
end

for _, size in ipairs {16, 24, 32} do
  local key = ("k"):rep(size)
  same(crypto.decrypt.aes(crypto.encrypt.aes("x", key), key), "x")
end
refused(errors.INVALID, "key: expected 16 or 24 or 32 bytes, got 5", crypto.encrypt.aes("x", "12345"))
refused(errors.INVALID, "key: expected 32 bytes, got 16", crypto.encrypt.chacha20("x", ("k"):rep(16)))
