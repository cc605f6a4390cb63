---@meta uuid

---Identifiers of RFC 9562. A uuid is read in any of its forms: with hyphens, without, or after `urn:uuid:`.
---@class uuid
local uuid = {}

---@class uuid.Info
---@field version integer
---@field variant string `RFC4122`, `NCS`, `Microsoft` or `Future`.
---@field timestamp? integer Unix time in seconds, of versions 1 and 7.
---@field node? string Of version 1, as 12 hexadecimal digits.

---By time, with a random node.
---@return string? id
---@return error? err
function uuid.v1() end

---By a name in a namespace: the same two give the same id. By MD5.
---@param namespace string A uuid.
---@param name string Any bytes.
---@return string? id
---@return error? err
function uuid.v3(namespace, name) end

---Random.
---@return string? id
---@return error? err
function uuid.v4() end

---By a name in a namespace: the same two give the same id. By SHA-1.
---@param namespace string A uuid.
---@param name string Any bytes.
---@return string? id
---@return error? err
function uuid.v5(namespace, name) end

---By time, and random: later ones sort after earlier ones.
---@return string? id
---@return error? err
function uuid.v7() end

---Whether this is a uuid. Anything may be asked for.
---@param input any
---@return boolean
function uuid.validate(input) end

---Errors: INVALID for what is not a uuid.
---@param uuid string
---@return integer? version
---@return error? err
function uuid.version(uuid) end

---Errors: INVALID for what is not a uuid.
---@param uuid string
---@return string? variant `RFC4122`, `NCS`, `Microsoft` or `Future`.
---@return error? err
function uuid.variant(uuid) end

---What a uuid says. Errors: INVALID for what is not a uuid.
---@param uuid string
---@return uuid.Info? info
---@return error? err
function uuid.parse(uuid) end

---Errors: INVALID for what is not a uuid, and for a form that there is not.
---@param uuid string
---@param format? string `"standard"`, the default, `"simple"` without hyphens, or `"urn"`.
---@return string? text
---@return error? err
function uuid.format(uuid, format) end

return uuid
