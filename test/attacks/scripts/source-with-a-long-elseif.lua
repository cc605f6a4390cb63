-- tries: Compiles a chain of elseif, each link of which goes through the chain.
-- from: our threat model
-- expect: limit time
-- with: {"memory": "256MiB", "timeout": 300}
return load("local a if a then " .. ("elseif a then "):rep(1e5) .. " end")
