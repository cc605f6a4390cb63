-- tries: Unpacks two thousand million values.
-- from: our threat model; CVE-2025-46817 (Redis, unpack overflowed)
-- expect: limit time, instructions | error too many results to unpack
return table.unpack({}, 1, 2147483647)
