---@meta crypto

---Random bytes, keyed digests, authenticated encryption, signed tokens, keys from passwords. No error shows a key.
---@class crypto
local crypto = {}

---@class crypto.random
local random = {}
crypto.random = random

---@param length integer 1 to 1 048 576.
---@return string? bytes
---@return error? err
function random.bytes(length) end

---Each byte of the alphabet with the same chance.
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

---By AES-GCM. The answer begins with a fresh nonce.
---@param data string
---@param key string 16, 24 or 32 bytes.
---@param aad? string Further data that decryption needs as well, and that is not in the answer.
---@return string? sealed
---@return error? err
function encrypt.aes(data, key, aad) end

---By ChaCha20-Poly1305. The answer begins with a fresh nonce.
---@param data string
---@param key string 32 bytes.
---@param aad? string Further data that decryption needs as well, and that is not in the answer.
---@return string? sealed
---@return error? err
function encrypt.chacha20(data, key, aad) end

---@class crypto.decrypt
local decrypt = {}
crypto.decrypt = decrypt

---Errors: INVALID when the key, the data or the further data are not what they were.
---@param data string What `encrypt.aes` gave.
---@param key string
---@param aad? string
---@return string? data
---@return error? err
function decrypt.aes(data, key, aad) end

---Errors: INVALID when the key, the data or the further data are not what they were.
---@param data string What `encrypt.chacha20` gave.
---@param key string
---@param aad? string
---@return string? data
---@return error? err
function decrypt.chacha20(data, key, aad) end

---@class crypto.jwt
local jwt = {}
crypto.jwt = jwt

---@param payload table The claims; `_header` among them has further fields of the header.
---@param key string A secret, or a private RSA key in PEM.
---@param alg? string `"HS256"`, the default, `"HS384"`, `"HS512"` or `"RS256"`.
---@return string? token
---@return error? err
function jwt.encode(payload, key, alg) end

---The claims of a token that is signed with this key by this algorithm, and whose time it is.
---Errors: INVALID; `err:details().reason` is `malformed`, `algorithm`, `signature`, `expired`, `not_yet_valid` or `no_expiry`.
---@param token string
---@param key string The secret, or the public RSA key in PEM.
---@param alg? string The only algorithm that is accepted. Default: `"HS256"`.
---@param require_exp? boolean Whether it must have an `exp`. Default: true.
---@return table? claims
---@return error? err
function jwt.verify(token, key, alg, require_exp) end

---As `hash.pbkdf2`.
---@param password string
---@param salt string Random, and kept with the key.
---@param iterations integer At most 1 000 000 for the key's blocks together.
---@param key_length integer From 1 to 1024 bytes.
---@param hash? string `"sha256"`, the default, or `"sha512"`.
---@return string? key The bytes.
---@return error? err
function crypto.pbkdf2(password, salt, iterations, key_length, hash) end

---Whether two strings are equal, in a time that tells nothing of where they differ. Of different lengths: false, at once.
---@param a string
---@param b string
---@return boolean
function crypto.constant_time_compare(a, b) end

return crypto
