---@meta hash

---Digests, HMACs, and keys from passwords.
---@class hash
local hash = {}

---Only for protocols that require it; it is not secure.
---@param data string Any bytes.
---@param raw? boolean The 16 bytes themselves; default: hexadecimal digits.
---@return string? digest
---@return error? err
function hash.md5(data, raw) end

---Only for protocols that require it; it is not secure.
---@param data string Any bytes.
---@param raw? boolean The 20 bytes themselves; default: hexadecimal digits.
---@return string? digest
---@return error? err
function hash.sha1(data, raw) end

---SHA-256.
---@param data string Any bytes.
---@param raw? boolean The 32 bytes themselves; default: hexadecimal digits.
---@return string? digest
---@return error? err
function hash.sha256(data, raw) end

---SHA-512.
---@param data string Any bytes.
---@param raw? boolean The 64 bytes themselves; default: hexadecimal digits.
---@return string? digest
---@return error? err
function hash.sha512(data, raw) end

---Returns a digest that only those who know the secret can compute. Compare digests with `crypto.constant_time_compare`.
---@param data string Any bytes.
---@param secret string Any bytes.
---@param raw? boolean The 16 bytes themselves; default: hexadecimal digits.
---@return string? digest
---@return error? err
function hash.hmac_md5(data, secret, raw) end

---Returns a digest that only those who know the secret can compute. Compare digests with `crypto.constant_time_compare`.
---@param data string Any bytes.
---@param secret string Any bytes.
---@param raw? boolean The 20 bytes themselves; default: hexadecimal digits.
---@return string? digest
---@return error? err
function hash.hmac_sha1(data, secret, raw) end

---Returns a digest that only those who know the secret can compute. Compare digests with `crypto.constant_time_compare`.
---@param data string Any bytes.
---@param secret string Any bytes.
---@param raw? boolean The 32 bytes themselves; default: hexadecimal digits.
---@return string? digest
---@return error? err
function hash.hmac_sha256(data, secret, raw) end

---Returns a digest that only those who know the secret can compute. Compare digests with `crypto.constant_time_compare`.
---@param data string Any bytes.
---@param secret string Any bytes.
---@param raw? boolean The 64 bytes themselves; default: hexadecimal digits.
---@return string? digest
---@return error? err
function hash.hmac_sha512(data, secret, raw) end

---FNV-1 with 32 bits, for distributing keys; it is not secure.
---@param data string
---@return number? n Not negative.
---@return error? err
function hash.fnv32(data) end

---FNV-1 with 64 bits, as 16 hexadecimal digits.
---@param data string
---@return string? digits
---@return error? err
function hash.fnv64(data) end

---Derives a key from a password with PBKDF2. The script waits; the process goes on.
---Errors: INVALID for an empty password or salt, and for numbers out of range.
---@param password string
---@param salt string Random, and kept with the key.
---@param iterations integer At most 1 000 000 for all blocks of the key together.
---@param key_length integer From 1 to 1024 bytes.
---@param hash? string `"sha256"`, the default, or `"sha512"`.
---@return string? key The bytes.
---@return error? err
function hash.pbkdf2(password, salt, iterations, key_length, hash) end

return hash
