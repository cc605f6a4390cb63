-- tries: Matches a set of a million characters against each character.
-- from: our threat model; CVE-2024-31228 (Redis, long glob patterns)
-- expect: limit instructions | result null
-- with: {"timeout": 0, "instructions": 1000000}
return ("b"):rep(1e6):find("[" .. ("a"):rep(1e6) .. "]")
