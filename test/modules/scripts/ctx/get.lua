local ctx = require("ctx")

same(ctx.get("request_id"), "r-1")
same(ctx.get("user"), {name = "alice", roles = {"dev"}})
refused(errors.NOT_FOUND, 'there is no "tenant" in the context of this call', ctx.get("tenant"))
refused(errors.INVALID, "key: expected a string that is not empty", ctx.get(""))
refused(errors.INVALID, "key: expected a string, got nil", ctx.get())

-- What a script gets is a copy.
ctx.get("user").name = "bob"
same(ctx.get("user").name, "alice")
