-- tries: Unpacks from the least to the greatest integer.
-- from: CVE-2025-46817 (Redis, unpack overflowed)
-- expect: limit time, instructions | error too many results to unpack
return table.unpack({}, math.mininteger, math.maxinteger)
