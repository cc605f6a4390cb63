-- none
return os.exit(1)
