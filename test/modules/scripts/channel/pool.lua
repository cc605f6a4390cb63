-- A pool of workers over one queue.
local jobs, results = channel.new(), channel.new()
for worker = 1, 3 do
  coroutine.spawn(function()
    while true do
      local n, ok = jobs:receive()
      if not ok then break end
      results:send {n = n, square = n * n, worker = worker}
    end
  end)
end
coroutine.spawn(function()
  for n = 1, 30 do jobs:send(n) end
  jobs:close()
end)
local seen, workers = {}, {}
for _ = 1, 30 do
  local result = results:receive()
  seen[result.n] = result.square
  workers[result.worker] = true
end
for n = 1, 30 do same(seen[n], n * n) end
same(workers, {true, true, true})
