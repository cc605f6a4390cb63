local base64 = require("base64")

same(base64.decode("SGVsbG8sIFdvcmxkIQ=="), "Hello, World!")
same(base64.decode(""), "")
same(base64.decode("AP/+"), "\0\255\254")
same(base64.decode("Zm9v\r\nYmFy\n"), "foobar")
same(base64.decode_url("AP_-"), "\0\255\254")
same(base64.decode_url("Zg"), "f")
same(base64.decode_url("Zg=="), "f")

refused(errors.INVALID, 'data: "*", character 4, is not a base64 character', base64.decode("Zm9*"))
refused(errors.INVALID, 'data: "_", character 3', base64.decode("AP_-"))
refused(errors.INVALID, 'data: "/", character 3', base64.decode_url("AP/+"))
refused(errors.INVALID, 'data: expected 2 "=" at the end, got 0', base64.decode("Zg"))
refused(errors.INVALID, 'data: expected 2 "=" at the end, got 1', base64.decode("Zg="))
refused(errors.INVALID, 'data: expected 0 "=" at the end, got 1', base64.decode("Zm9v="))
refused(errors.INVALID, "it ends in the middle of a byte", base64.decode("Zm9vY"))
refused(errors.INVALID, "data: expected a string, got boolean", base64.decode(true))

local all = {}
for i = 0, 255 do all[#all + 1] = string.char(i) end
local bytes = table.concat(all)
for n = 0, 256 do
  local part = bytes:sub(1, n)
  same(base64.decode(base64.encode(part)), part)
  same(base64.decode_url(base64.encode_url(part)), part)
end
