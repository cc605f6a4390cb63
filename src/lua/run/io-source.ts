/**
 * `io` for a script that is given a standard input and output, in Lua: files that are tables, over what the host does
 * (modules/io.ts). Each state runs it for itself, so what a script does with its `io` is nobody else's business.
 */
export const ioSource = `
local host = ...
local error, math, select, setmetatable, table, tonumber, tostring, type = error, math, select, setmetatable, table, tonumber, tostring, type
local File = {}
File.__index = File
File.__name = "FILE*"

local function bad(level, i, name, what) error(("bad argument #%d to '%s' (%s)"):format(i, name, what), level + 1) end

local function write(file, level, ...)
  local parts = {...}
  for i = 1, select("#", ...) do
    local kind = type(parts[i])
    if kind ~= "string" and kind ~= "number" then
      bad(level, i, "write", "string expected, got " .. (kind == "nil" and "nil" or kind))
    end
    parts[i] = tostring(parts[i])
  end
  if not file.output then return nil, "the standard input can't be written" end
  host.write(file.output, table.concat(parts))
  return file
end

local kinds = {l = true, L = true, a = true, n = true}

local function readOne(level, i, format)
  if math.type(format) == "integer" then return host.read("b", format) end
  if type(format) ~= "string" then bad(level, i, "read", "invalid format") end
  local kind = format:gsub("^%*", ""):sub(1, 1)
  if not kinds[kind] then bad(level, i, "read", "invalid format") end
  local text = host.read(kind)
  if kind == "n" then return text and tonumber(text) end
  return text
end

local function read(file, level, ...)
  if not file.input then return nil, "the standard output can't be read" end
  local count = select("#", ...)
  if count == 0 then return readOne(level + 1, 1, "l") end
  local results = {}
  for i = 1, count do
    results[i] = readOne(level + 1, i, (select(i, ...)))
    if results[i] == nil then return table.unpack(results, 1, i) end
  end
  return table.unpack(results, 1, count)
end

local function lines(file, level, ...)
  local formats = table.pack(...)
  return function() return read(file, level, table.unpack(formats, 1, formats.n)) end
end

function File:write(...) return write(self, 2, ...) end
function File:read(...) return read(self, 2, ...) end
function File:lines(...) return lines(self, 2, ...) end
function File:flush() return self end
function File:setvbuf() return true end
function File:close() return nil, "a standard stream stays open" end
function File:__tostring() return "file (" .. (self.output or "input") .. ")" end

local io = {
  stdin = setmetatable({input = true}, File),
  stdout = setmetatable({output = "output"}, File),
  stderr = setmetatable({output = "error"}, File),
}
function io.write(...) return write(io.stdout, 2, ...) end
function io.read(...) return read(io.stdin, 2, ...) end
function io.lines(file, ...)
  if file ~= nil then error("bad argument #1 to 'lines' (only the standard input can be read)", 2) end
  return lines(io.stdin, 2, ...)
end
function io.input() return io.stdin end
function io.output() return io.stdout end
function io.type(file) return type(file) == "table" and (file == io.stdin or file == io.stdout or file == io.stderr) and "file" or nil end
return io
`;
