---@meta base64

---Encodes bytes as text and back (RFC 4648). This is an encoding, not encryption.
---@class base64
local base64 = {}

---Encodes in the standard alphabet, padded with `=`.
---@param data string Any bytes.
---@return string? text
---@return error? err
function base64.encode(data) end

---Decodes the standard alphabet; line breaks are skipped. Errors: INVALID for an invalid character, with its place, or for wrong padding.
---@param data string
---@return string? bytes
---@return error? err
function base64.decode(data) end

---Encodes in the alphabet for URLs and file names, without padding.
---@param data string Any bytes.
---@return string? text
---@return error? err
function base64.encode_url(data) end

---Decodes the alphabet for URLs; padding is optional. Errors as for `decode`.
---@param data string
---@return string? bytes
---@return error? err
function base64.decode_url(data) end

return base64
