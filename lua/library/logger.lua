---@meta logger

---Structured lines for the log of the host. Each line asks `logger.write` on the logger's name (`logger` for the first).
---@class logger
local logger = {}

---A logger with a name, or with fields that it adds to each line. It never changes.
---@class logger.Logger
---@operator concat(any): string
local Logger = {}

---Errors: PERMISSION_DENIED, INVALID for fields that are not plain data or too many, and for a record above 1 MiB.
---@param message string
---@param fields? table Plain data by their names.
---@return true? ok
---@return error? err
function logger:debug(message, fields) end

---Errors: PERMISSION_DENIED, INVALID for fields that are not plain data or too many, and for a record above 1 MiB.
---@param message string
---@param fields? table Plain data by their names.
---@return true? ok
---@return error? err
function logger:info(message, fields) end

---Errors: PERMISSION_DENIED, INVALID for fields that are not plain data or too many, and for a record above 1 MiB.
---@param message string
---@param fields? table Plain data by their names.
---@return true? ok
---@return error? err
function logger:warn(message, fields) end

---Errors: PERMISSION_DENIED, INVALID for fields that are not plain data or too many, and for a record above 1 MiB.
---@param message string
---@param fields? table Plain data by their names.
---@return true? ok
---@return error? err
function logger:error(message, fields) end

---Another logger, which adds these fields to each line.
---@param fields table Plain data by their names.
---@return logger.Logger
function logger:with(fields) end

---Another logger, whose name is below this one's: `http.auth`.
---@param name string
---@return logger.Logger
function logger:named(name) end

---Errors: PERMISSION_DENIED, INVALID for fields that are not plain data or too many, and for a record above 1 MiB.
---@param message string
---@param fields? table Plain data by their names.
---@return true? ok
---@return error? err
function Logger:debug(message, fields) end

---Errors: PERMISSION_DENIED, INVALID for fields that are not plain data or too many, and for a record above 1 MiB.
---@param message string
---@param fields? table Plain data by their names.
---@return true? ok
---@return error? err
function Logger:info(message, fields) end

---Errors: PERMISSION_DENIED, INVALID for fields that are not plain data or too many, and for a record above 1 MiB.
---@param message string
---@param fields? table Plain data by their names.
---@return true? ok
---@return error? err
function Logger:warn(message, fields) end

---Errors: PERMISSION_DENIED, INVALID for fields that are not plain data or too many, and for a record above 1 MiB.
---@param message string
---@param fields? table Plain data by their names.
---@return true? ok
---@return error? err
function Logger:error(message, fields) end

---Another logger, which adds these fields to each line.
---@param fields table Plain data by their names.
---@return logger.Logger
function Logger:with(fields) end

---Another logger, whose name is below this one's: `http.auth`.
---@param name string
---@return logger.Logger
function Logger:named(name) end

return logger
