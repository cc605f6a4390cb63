-- time
table.move({}, 1, 2000000000, 2)
