-- memory,stringLength
return ("x"):rep(1e6):gsub(".", ("y"):rep(1e6))
