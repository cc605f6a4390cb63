-- tries: Compiles gotos that are searched for at each label.
-- from: our threat model
-- expect: limit time, memory | error 
-- with: {"memory": "256MiB", "timeout": 500}
return load("do " .. ("goto z; "):rep(1e5) .. ("::a%d::"):rep(1) .. " ::z:: end")
