---@meta crypto

---Random bytes, HMACs, authenticated encryption, JSON Web Tokens, keys from passwords. No error shows a key.
---@class crypto
local crypto = {}

---@class crypto.random
local random = {}
crypto.random = random

---@param length integer 1 to 1 048 576.
---@return string? bytes
---@return error? err
function random.bytes(length) end

---All bytes of the alphabet are equally likely.
---@param length integer 1 to 1 048 576.
---@param charset? string The alphabet, 1 to 256 bytes; default: letters and digits.
---@return string? text
---@return error? err
function random.string(length, charset) end

---A random uuid.
---@return string? id
---@return error? err
function random.uuid() end

---@class crypto.hmac
local hmac = {}
crypto.hmac = hmac

---@param key string
---@param data string
---@return string? digest Hexadecimal digits.
---@return error? err
function hmac.sha256(key, data) end

---@param key string
---@param data string
---@return string? digest Hexadecimal digits.
---@return error? err
function hmac.sha512(key, data) end

---@class crypto.encrypt
local encrypt = {}
crypto.encrypt = encrypt

---Encrypts with AES-GCM. The result begins with a fresh nonce.
---@param data string
---@param key string 16, 24 or 32 bytes.
---@param aad? string Additional data that is not part of the result, but is needed again to decrypt it.
---@return string? sealed
---@return error? err
function encrypt.aes(data, key, aad) end

---Encrypts with ChaCha20-Poly1305. The result begins with a fresh nonce.
---@param data string
---@param key string 32 bytes.
---@param aad? string Additional data that is not part of the result, but is needed again to decrypt it.
---@return string? sealed
---@return error? err
function encrypt.chacha20(data, key, aad) end

---@class crypto.decrypt
local decrypt = {}
crypto.decrypt = decrypt

---Decrypts. Errors: INVALID if the key, the data or the additional data is wrong.
---@param data string The result of `encrypt.aes`.
---@param key string
---@param aad? string
---@return string? data
---@return error? err
function decrypt.aes(data, key, aad) end

---Decrypts. Errors: INVALID if the key, the data or the additional data is wrong.
---@param data string The result of `encrypt.chacha20`.
---@param key string
---@param aad? string
---@return string? data
---@return error? err
function decrypt.chacha20(data, key, aad) end

---@class crypto.jwt
local jwt = {}
crypto.jwt = jwt

---Returns a token of at most 1 MiB. Errors: INVALID, if the payload has no JSON or its token would be longer.
---@param payload table The claims; the field `_header` has additional fields of the header.
---@param key string A secret, or a private RSA key in PEM.
---@param alg? string `"HS256"`, the default, `"HS384"`, `"HS512"` or `"RS256"`.
---@return string? token
---@return error? err
function jwt.encode(payload, key, alg) end

---Returns the claims of a token if it is signed with this key and algorithm, and valid at this time.
---Errors: INVALID; `err:details().reason` is `malformed`, `algorithm`, `signature`, `expired`, `not_yet_valid` or `no_expiry`.
---@param token string
---@param key string The secret, or the public RSA key in PEM.
---@param alg? string The only algorithm that is accepted. Default: `"HS256"`.
---@param require_exp? boolean Whether it must have an `exp`. Default: true.
---@return table? claims
---@return error? err
function jwt.verify(token, key, alg, require_exp) end

---The same as `hash.pbkdf2`.
---@param password string
---@param salt string Random, and kept with the key.
---@param iterations integer At most 1 000 000 for all blocks of the key together.
---@param key_length integer From 1 to 1024 bytes.
---@param hash? string `"sha256"`, the default, or `"sha512"`.
---@return string? key The bytes.
---@return error? err
function crypto.pbkdf2(password, salt, iterations, key_length, hash) end

---Returns whether two strings are equal, in a time that does not reveal where they differ. Strings of different lengths return false at once.
---@param a string
---@param b string
---@return boolean
function crypto.constant_time_compare(a, b) end

return crypto
