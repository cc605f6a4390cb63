-- Allows each client a limited number of requests in each window of time.
-- (`s:rate` is a ready-made rate limiter. This shows how one can be built.)
--
--   moonkeep run examples/rate-limiter/main.lua [requests]

local store = require("store")
local cache = store.get("app:cache")

local LIMIT = 3
local WINDOW = 60

-- The counter of a window is a key that expires by itself. Two requests at the same time may read the same count; because
-- of the version only one of them can write, and the other one counts again.
local function allow(client, now)
  local window = now // WINDOW
  local key = ("rate:%s:%d"):format(client, window)
  for _ = 1, 10 do
    local entry = cache:entry(key)
    local count = entry and entry.value or 0
    if count >= LIMIT then
      return nil, errors.new({
        message = ("more than %d requests in %d seconds"):format(LIMIT, WINDOW),
        kind = errors.RATE_LIMITED,
        details = { client = client, retry_after = WINDOW - now % WINDOW },
      })
    end
    local condition = entry and { if_version = entry.version } or { only_if_absent = true }
    condition.ttl = WINDOW
    local written = cache:put(key, count + 1, condition)
    if written then
      return LIMIT - count - 1
    end
  end
  return nil, errors.new("CONFLICT", "too much going on")
end

local requests = tonumber((...)) or 5
local clock = 1000000000 -- a fixed time, so that this always prints the same

for i = 1, requests do
  local left, err = allow("10.0.0.7", clock + i)
  if left then
    print(("request %d: allowed, %d left"):format(i, left))
  else
    print(("request %d: %s, retry after %d s"):format(i, err, err:details().retry_after))
  end
end

print("another client:", allow("10.0.0.8", clock + 6))
print("a minute later:", allow("10.0.0.7", clock + 66))
