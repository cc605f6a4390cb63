/**
 * A program as an engine runs it: until it is warm, then so many rounds. It prints the program's result, and below it the
 * nanoseconds of each round. `now` is what the engine brings.
 *
 * @param warm seconds
 */
export const inRounds = (source, rounds, warm) => `
local function program() ${source}
end
local start, result, out = now(), nil, {}
repeat result = tostring((program())) until now() - start > ${warm}
for round = 1, ${rounds} do
  local from = now()
  program()
  out[round] = string.format("%.0f", (now() - from) * 1e9)
end
return result .. "\\n" .. table.concat(out, ",")`;
