local uuid = require("uuid")

-- RFC 9562, appendix A.
local dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
same(uuid.v3(dns, "www.example.com"), "5df41881-3aed-3515-88a7-2f4a814cf09e")
same(uuid.v5(dns, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2")

for _, version in ipairs {1, 4, 7} do
  local make, seen = uuid["v" .. version], {}
  for _ = 1, 100 do
    local id = assert(make())
    same(id:match("^%x+%-%x+%-(%x)%x+%-[89ab]%x+%-%x+$"), tostring(version))
    assert(not seen[id], "the same id twice")
    seen[id] = true
  end
end

local last = uuid.v7()
for _ = 1, 1000 do
  local next = uuid.v7()
  assert(next > last, "a later id sorts before an earlier one")
  last = next
end

refused(errors.INVALID, 'namespace: not a UUID: "dns"', uuid.v5("dns", "a"))
refused(errors.INVALID, "name: expected a string, got nil", uuid.v5(dns))
