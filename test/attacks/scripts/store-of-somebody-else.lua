-- tries: Reads what belongs to another tenant, in every way that there is.
-- from: our threat model
-- expect: result "contained"
local store = require("store")
local function denied(value, err) assert(value == nil and err:kind() == errors.PERMISSION_DENIED, tostring(err)) end
denied(store.get("app:secret"))
local missing = select(2, store.get("app:no_such_store"))
assert(missing:kind() == errors.PERMISSION_DENIED, "a denial tells what is not there from what is")
for _, name in ipairs({ "app:secret\0", "APP:secret", "app:secret ", " app:secret", "app::secret", "secret", "app:cache/../secret" }) do
  local s = store.get(name)
  assert(s == nil, name)
end
return "contained"
