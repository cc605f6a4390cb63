-- none
return os.execute("true")
