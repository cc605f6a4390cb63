-- Names start at the script's folder, whichever file requires them: this one is "lib.money".
local M = {}

function M.text(cents)
  return string.format("%d.%02d", cents // 100, cents % 100)
end

return M
