local store = require("store")

-- The file returns the function.
return function(name)
  local cache, err = store.get("app:cache")
  if err then return nil, err end
  local visits = (cache:get("visits:" .. name) or 0) + 1
  cache:set("visits:" .. name, visits)
  return { text = "hello, " .. name, visits = visits }
end
