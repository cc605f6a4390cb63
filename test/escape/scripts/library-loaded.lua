-- none
return package.loadlib("./x.js", "*")
