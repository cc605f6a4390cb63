-- tries: Packs by a format of millions of letters that pack nothing.
-- from: our threat model
-- expect: limit instructions
-- with: {"timeout": 15000, "instructions": 30000000}
local format = ("<"):rep(1e6)
while true do string.pack(format) string.unpack(format, "") string.packsize(format) end
