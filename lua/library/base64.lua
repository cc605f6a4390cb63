---@meta base64

---Bytes as text and back (RFC 4648). An encoding, and no encryption.
---@class base64
local base64 = {}

---In the standard alphabet, padded by `=`.
---@param data string Any bytes.
---@return string? text
---@return error? err
function base64.encode(data) end

---Line breaks are passed over. Errors: INVALID with the place of the first stray character, or for wrong padding.
---@param data string
---@return string? bytes
---@return error? err
function base64.decode(data) end

---In the alphabet for URLs and file names, without padding.
---@param data string Any bytes.
---@return string? text
---@return error? err
function base64.encode_url(data) end

---Padding may be there. Errors: as of `decode`.
---@param data string
---@return string? bytes
---@return error? err
function base64.decode_url(data) end

return base64
