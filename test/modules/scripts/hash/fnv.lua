local hash = require("hash")

-- From the tables of the authors of FNV (http://www.isthe.com/chongo/tech/comp/fnv/).
same(hash.fnv32(""), 2166136261)
same(hash.fnv32("a"), 0x50c5d7e)
same(hash.fnv32("foobar"), 0x31f0b262)
same(hash.fnv64(""), "cbf29ce484222325")
same(hash.fnv64("a"), "af63bd4c8601b7be")
same(hash.fnv64("foobar"), "340d8765a4dda9c2")
