-- moonkeep test examples/http
local t = require("test")
local notes = require("lua.notes")

local function request(owner, name, text) return { params = { owner = owner, name = name }, body = { text = text } } end

t.case("a user writes and lists her own notes", function()
  t.actor("ann", { home = "ann/" })
  assert(notes.put(request("ann", "milk", "two bottles")))
  t.equal(notes.list(request("ann")).body.notes, { "milk" })
  t.equal(notes.get(request("ann", "milk")).body.text, "two bottles")
end)

t.case("nobody writes or reads another user's notes", function()
  t.actor("bob", { home = "bob/" })
  t.error(function() return notes.put(request("ann", "milk", "none")) end, errors.PERMISSION_DENIED)
  t.error(function() return notes.list(request("ann")) end, errors.PERMISSION_DENIED)
end)

t.case("an admin reads everybody's notes, and writes none", function()
  t.actor("ann", { home = "ann/" })
  assert(notes.put(request("ann", "eggs", "six")))
  t.actor("eve", { home = "eve/", role = "admin" })
  t.equal(notes.get(request("ann", "eggs")).body.text, "six")
  t.error(function() return notes.put(request("ann", "milk", "none")) end, errors.PERMISSION_DENIED)
end)

t.case("a text that is too long is refused", function()
  t.actor("ann", { home = "ann/" })
  t.error(function() return notes.put(request("ann", "milk", ("x"):rep(1001))) end, errors.INVALID)
end)
