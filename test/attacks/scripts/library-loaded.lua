-- tries: Loads a JavaScript file as a library. One of the twelve.
-- from: our threat model; CVE-2022-0543 (Redis on Debian left `package` to scripts)
-- expect: error attempt to index a nil value (global 'package')
return package.loadlib("./x.js", "*")
