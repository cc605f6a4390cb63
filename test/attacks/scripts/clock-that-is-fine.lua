-- tries: Looks for a clock that is finer than os.clock, which counts milliseconds.
-- from: our threat model; Cloudflare, developers.cloudflare.com/workers/reference/security-model (timers as a side channel)
-- expect: result "contained"
for _ = 1, 2000 do
  local ms = os.clock() * 1000
  assert(math.abs(ms - math.floor(ms + 0.5)) < 1e-6, "os.clock is finer than a millisecond")
  assert(math.type(os.time()) ~= nil and os.time() % 1 == 0)
end
local ok, uuid = pcall(require, "uuid")
if ok then
  -- The bits below a millisecond don't follow the time: read one after the other, they would only grow.
  local falls, last, before = 0, 0, ""
  local start = os.clock()
  while os.clock() - start < 0.05 do
    local id = uuid.v7()
    local ms, fraction = id:sub(1, 13), tonumber(id:sub(16, 18), 16)
    if ms ~= before and fraction > 2047 + 1500 then falls = falls + 1 end
    before = ms
  end
  assert(falls < 20)
end
return "contained"
