-- tries: Loads a JavaScript file as a library. One of the twelve.
-- from: our threat model; CVE-2022-0543 (Redis on Debian left `package` to scripts)
-- expect: error attempt to call a nil value (field 'loadlib')
return package.loadlib("./x.js", "*")
