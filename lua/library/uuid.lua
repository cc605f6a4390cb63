---@meta uuid

---UUIDs (RFC 9562). They are read in all forms: with hyphens, without them, or after `urn:uuid:`.
---@class uuid
local uuid = {}

---@class uuid.Info
---@field version integer
---@field variant string `RFC4122`, `NCS`, `Microsoft` or `Future`.
---@field timestamp? integer Unix time in seconds, of versions 1 and 7.
---@field node? string Of version 1, as 12 hexadecimal digits.

---Creates a UUID of the time, with a random node.
---@return string? id
---@return error? err
function uuid.v1() end

---Creates a UUID of a name in a namespace, using MD5: the same arguments give the same UUID.
---@param namespace string A uuid.
---@param name string Any bytes.
---@return string? id
---@return error? err
function uuid.v3(namespace, name) end

---Random.
---@return string? id
---@return error? err
function uuid.v4() end

---Creates a UUID of a name in a namespace, using SHA-1: the same arguments give the same UUID.
---@param namespace string A uuid.
---@param name string Any bytes.
---@return string? id
---@return error? err
function uuid.v5(namespace, name) end

---Creates a UUID of the time and random bits: later ones sort after earlier ones.
---@return string? id
---@return error? err
function uuid.v7() end

---Returns whether a value of any type is a UUID.
---@param input any
---@return boolean
function uuid.validate(input) end

---Errors: INVALID if it is not a UUID.
---@param uuid string
---@return integer? version
---@return error? err
function uuid.version(uuid) end

---Errors: INVALID if it is not a UUID.
---@param uuid string
---@return string? variant `RFC4122`, `NCS`, `Microsoft` or `Future`.
---@return error? err
function uuid.variant(uuid) end

---Returns the parts of a UUID. Errors: INVALID if it is not a UUID.
---@param uuid string
---@return uuid.Info? info
---@return error? err
function uuid.parse(uuid) end

---Errors: INVALID if it is not a UUID, or if the format is unknown.
---@param uuid string
---@param format? string `"standard"`, the default, `"simple"` without hyphens, or `"urn"`.
---@return string? text
---@return error? err
function uuid.format(uuid, format) end

return uuid
