-- A search with recursion and a list: all ways to place seven queens.
local size, found, place = 7, 0, {}
local function isFree(row, column)
  for i = 1, row - 1 do
    local other = place[i]
    if other == column or other - i == column - row or other + i == column + row then return false end
  end
  return true
end
local function search(row)
  if row > size then
    found = found + 1
    return
  end
  for column = 1, size do
    if isFree(row, column) then
      place[row] = column
      search(row + 1)
    end
  end
end
search(1)
return found
