-- tries: Encrypts a long text again and again.
-- from: our own attack: 167 MiB at a limit of 64 MiB
-- grows by at most: 200
-- expect: limit time
local crypto = require("crypto")
local key, text = ("k"):rep(32), ("A"):rep(7 * 2^20)
while true do crypto.encrypt.aes(text, key) end
