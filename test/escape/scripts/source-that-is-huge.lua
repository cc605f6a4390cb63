-- memory
return load(("a=b;"):rep(1e7))
