local ctx = require("ctx")

same(ctx.all(), {request_id = "r-1", user = {name = "alice", roles = {"dev"}}})
ctx.all().request_id = "r-2"
same(ctx.all().request_id, "r-1")
