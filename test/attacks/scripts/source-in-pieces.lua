-- tries: Compiles an endless source that comes in pieces.
-- from: our threat model; CVE-2025-49844 (Redis, the parser's memory)
-- expect: limit memory, time
-- with: {"timeout": 20000}
return load(function() return ("a = b;"):rep(1000) end)
