---@meta text

---Regular expressions.
---@class text
local text = {}

---Regular expressions in RE2's syntax, which take time that grows with the text and no faster.
---@class text.regexp
local regexp = {}
text.regexp = regexp

---A pattern that was compiled. Strings are bytes that are read as UTF-8; a byte that is no part of it is a character of
---its own. Positions are those of bytes, from 1.
---@class text.Regexp
---@operator concat(any): string
local Regexp = {}

---Whether there is a match anywhere in the string.
---@param s string
---@return boolean
function Regexp:match_string(s) end

---@param s string
---@return string? match The first; nil: there is none.
function Regexp:find_string(s) end

---@param s string
---@return integer[]? span The first byte and the last; the last is one less than the first for an empty match.
function Regexp:find_string_index(s) end

---@param s string
---@return string[]? match The first match, then its groups; "" for a group that took no part.
function Regexp:find_string_submatch(s) end

---Errors: raises INVALID for more than a million matches, as do all that find all of them.
---@param s string
---@return string[] matches
function Regexp:find_all_string(s) end

---@param s string
---@return integer[][]? spans Nil: there is no match.
function Regexp:find_all_string_index(s) end

---@param s string
---@return string[][] matches Each with its groups.
function Regexp:find_all_string_submatch(s) end

---@param s string
---@param repl string `$1`, `${1}`, `$name` and `${name}` stand for groups, `$0` for the match, `$$` for a dollar.
---@return string
function Regexp:replace_all_string(s, repl) end

---What is between the matches.
---@param s string
---@param n? integer At most so many parts, the last of them with all that is left. Default: -1, all.
---@return string[] parts
function Regexp:split(s, n) end

---@return integer groups
function Regexp:num_subexp() end

---@return string[] names Of the match, which has none, and its groups; "" for one without a name.
function Regexp:subexp_names() end

---@return string pattern
function Regexp:string() end

---Errors: INVALID for what is no pattern, with the reason; for more than 1000 characters, and for repetitions that come to
---more than 8000 instructions.
---@param pattern string
---@return text.Regexp? regexp
---@return error? err
function regexp.compile(pattern) end

return text
