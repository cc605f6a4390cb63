-- Opens a session for a user whom the application has let in.
local store, uuid = require("store"), require("uuid")

return function(request)
  local sessions, err = store.get("app:sessions")
  if err then return nil, err end
  local id = uuid.v4()
  local _, failed = sessions:set(id, { user = request.user.id, role = request.user.role }, 3600)
  if failed then return nil, failed end
  return { status = 201, body = { session = id } }
end
