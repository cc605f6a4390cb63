-- tries: Changes what package says of modules.
-- from: our own search
-- expect: result "contained"
package.path, package.cpath, package.config = "/etc/?;../?", {}, nil
assert(not pcall(function() package.loaded.store = {} end))
assert(not pcall(rawset, package.loaded, "store", {}))
assert(not pcall(function() package.preload.x = function() return 1 end end))
package.loaded = { evil = {} }
package.preload = { evil = function() return {} end }
package.searchers = { function() return function() return {} end end }
package.loadlib = print
assert(not pcall(require, "evil"))
for _, name in ipairs({ "../secret", "/etc/passwd", "a/b", "a\0b", ("a."):rep(1e5), "constructor", "__proto__", "toString", "fs", "node:fs" }) do
  assert(not pcall(require, name), name)
end
return "contained"
