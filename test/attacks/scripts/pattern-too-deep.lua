-- tries: Nests a pattern deeper than the matcher may recurse.
-- from: our threat model; CVE-2024-31228
-- expect: error pattern too complex
return ("a"):rep(300):find(("a?"):rep(300))
