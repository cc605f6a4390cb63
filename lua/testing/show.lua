-- Values as lines of text, and the difference between two of them.
local show = {}

local function is_name(key)
  return type(key) == "string" and key:match("^[%a_][%w_]*$") ~= nil
end

local function scalar(value)
  if type(value) ~= "string" then return tostring(value) end
  return (string.format("%q", value):gsub("\\\n", "\\n"))
end

local rank = { boolean = 1, number = 2, string = 3 }

local function by_kind(a, b)
  local of_a, of_b = rank[type(a)] or 9, rank[type(b)] or 9
  if of_a ~= of_b then return of_a < of_b end
  if of_a == 2 or of_a == 3 then return a < b end
  return tostring(a) < tostring(b)
end

local function keys_of(t)
  local keys = {}
  for key in next, t do keys[#keys + 1] = key end
  table.sort(keys, by_kind)
  return keys
end

local function add(lines, indent, label, value, tail, within)
  local start = indent .. label
  if type(value) ~= "table" then
    lines[#lines + 1] = start .. scalar(value) .. tail
  elseif within[value] then
    lines[#lines + 1] = start .. "{...}" .. tail
  elseif next(value) == nil then
    lines[#lines + 1] = start .. "{}" .. tail
  else
    within[value] = true
    lines[#lines + 1] = start .. "{"
    for i, key in ipairs(keys_of(value)) do
      local name = is_name(key) and key .. " = " or key == i and "" or "[" .. scalar(key) .. "] = "
      add(lines, indent .. "  ", name, rawget(value, key), ",", within)
    end
    lines[#lines + 1] = indent .. "}" .. tail
    within[value] = nil
  end
end

local function lines_of(value)
  local lines = {}
  if type(value) == "string" then
    for line in (value .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
  else
    add(lines, "", "", value, "", {})
  end
  return lines
end

--- A value on one line, for messages.
function show.short(value)
  if type(value) == "string" or type(value) ~= "table" then return scalar(value) end
  local text = table.concat(lines_of(value), " "):gsub("%s+", " "):gsub(",? }", " }")
  return #text <= 60 and text or text:sub(1, 57) .. "..."
end

-- The longest common part of two lists that are longer is not looked for.
local MOST = 400

-- lengths[i][j]: of the longest common part of a from i, and of b from j.
local function common(a, b)
  local lengths = { [#a + 1] = {} }
  for i = #a, 1, -1 do
    local row, below = {}, lengths[i + 1]
    for j = #b, 1, -1 do
      row[j] = a[i] == b[j] and (below[j + 1] or 0) + 1 or math.max(below[j] or 0, row[j + 1] or 0)
    end
    lengths[i] = row
  end
  return lengths
end

-- Lines that are equal around a change, at most so many on each side.
local AROUND = 3

local function shortened(marked)
  local near = {}
  for i, line in ipairs(marked) do
    if line:sub(1, 1) ~= " " then
      for j = i - AROUND, i + AROUND do near[j] = true end
    end
  end
  local shown, gap = {}, false
  for i, line in ipairs(marked) do
    if near[i] then
      shown[#shown + 1] = line
      gap = false
    elseif not gap then
      shown[#shown + 1] = "  ..."
      gap = true
    end
  end
  return shown
end

--- Line by line: "-" was expected, "+" is what there is. Nil where one line says it all.
function show.difference(got, expected)
  local a, b = lines_of(expected), lines_of(got)
  if #a == 1 and #b == 1 then return nil end
  -- What both begin and end with is the same; only what is between is compared.
  local head, most = 0, math.min(#a, #b)
  while head < most and a[head + 1] == b[head + 1] do head = head + 1 end
  local tail = 0
  while tail < most - head and a[#a - tail] == b[#b - tail] do tail = tail + 1 end
  local same = table.move(a, #a - tail + 1, #a, 1, {})
  local marked, i, j = {}, 1, 1
  for k = 1, head do marked[k] = "  " .. a[k] end
  a = table.move(a, head + 1, #a - tail, 1, {})
  b = table.move(b, head + 1, #b - tail, 1, {})
  local lengths = #a <= MOST and #b <= MOST and common(a, b) or nil
  while i <= #a or j <= #b do
    if i <= #a and j <= #b and a[i] == b[j] then
      marked[#marked + 1] = "  " .. a[i]
      i, j = i + 1, j + 1
    elseif not lengths and #a == #b then -- too many to look for what moved: line by line
      marked[#marked + 1] = "- " .. a[i]
      marked[#marked + 1] = "+ " .. b[j]
      i, j = i + 1, j + 1
    elseif i <= #a and (j > #b or not lengths or (lengths[i + 1][j] or 0) >= (lengths[i][j + 1] or 0)) then
      marked[#marked + 1] = "- " .. a[i]
      i = i + 1
    else
      marked[#marked + 1] = "+ " .. b[j]
      j = j + 1
    end
  end
  for k = 1, tail do marked[#marked + 1] = "  " .. same[k] end
  return table.concat(shortened(marked), "\n")
end

return show
