-- Notes of users. The policies decide who may see whose notes; this code does not look at the user.
local store = require("store")
local notes, closed = store.get("app:notes")

local M = {}

function M.list(request)
  if closed then return nil, closed end
  local page, err = notes:list({ prefix = request.params.owner .. "/", limit = 50 })
  if err then return nil, err end
  local names = {}
  for i, item in ipairs(page.items) do names[i] = item.key:match("/(.*)") end
  return { body = { notes = names, more = page.has_more } }
end

function M.get(request)
  if closed then return nil, closed end
  local note, err = notes:get(request.params.owner .. "/" .. request.params.name)
  if err then return nil, err end
  if note == nil then return nil, errors.new(errors.NOT_FOUND, "there is no such note") end
  return { body = note }
end

function M.put(request)
  if closed then return nil, closed end
  local text = type(request.body) == "table" and request.body.text
  if type(text) ~= "string" or #text > 1000 then
    return nil, errors.new(errors.INVALID, "text: expected a text of at most 1000 bytes")
  end
  local entry, err = notes:put(request.params.owner .. "/" .. request.params.name, { text = text })
  if err then return nil, err end
  return { status = 200, body = { version = entry.version } }
end

return M
