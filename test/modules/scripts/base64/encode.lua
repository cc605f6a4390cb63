local base64 = require("base64")

same(base64.encode("Hello, World!"), "SGVsbG8sIFdvcmxkIQ==")
same(base64.encode(""), "")
same(base64.encode("f"), "Zg==")
same(base64.encode("foobar"), "Zm9vYmFy")
same(base64.encode("\0\255\254"), "AP/+")
same(base64.encode(42), "NDI=")
same(base64.encode_url("\0\255\254"), "AP_-")
same(base64.encode_url("f"), "Zg")

refused(errors.INVALID, "data: expected a string, got nil", base64.encode())
refused(errors.INVALID, "data: expected a string, got table", base64.encode({}))
