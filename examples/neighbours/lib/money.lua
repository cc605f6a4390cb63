-- Names begin at the script's folder, whichever file asks: this one is "lib.money".
local M = {}

function M.text(cents)
  return string.format("%d.%02d", cents // 100, cents % 100)
end

return M
