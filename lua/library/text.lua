---@meta text

---Regular expressions, differences between texts, and patches.
---@class text
local text = {}

---Regular expressions in RE2's syntax, which take time that grows with the text and no faster.
---@class text.regexp
local regexp = {}
text.regexp = regexp

---A pattern that was compiled. Strings are bytes that are read as UTF-8; a byte that is not part of it is a character of
---its own. Positions are those of bytes, from 1.
---@class text.Regexp
---@operator concat(any): string
local Regexp = {}

---Returns whether the pattern matches anywhere in the string.
---@param s string
---@return boolean
function Regexp:match_string(s) end

---@param s string
---@return string? match The first match, or nil.
function Regexp:find_string(s) end

---@param s string
---@return integer[]? span The first byte and the last; the last is one less than the first for an empty match.
function Regexp:find_string_index(s) end

---@param s string
---@return string[]? match The first match, then its groups; "" for a group that did not take part.
function Regexp:find_string_submatch(s) end

---Returns all matches. Raises INVALID if there are more than a million, as do the other methods that find all.
---@param s string
---@return string[] matches
function Regexp:find_all_string(s) end

---@param s string
---@return integer[][]? spans Nil if there is no match.
function Regexp:find_all_string_index(s) end

---@param s string
---@return string[][] matches Each with its groups.
function Regexp:find_all_string_submatch(s) end

---@param s string
---@param repl string `$1`, `${1}`, `$name` and `${name}` stand for groups, `$0` for the match, `$$` for a dollar.
---@return string
function Regexp:replace_all_string(s, repl) end

---Returns the parts between the matches.
---@param s string
---@param n? integer The largest number of parts; the last one is the whole rest. Default: -1, all.
---@return string[] parts
function Regexp:split(s, n) end

---@return integer groups
function Regexp:num_subexp() end

---@return string[] names Of the match, which has none, and its groups; "" for one without a name.
function Regexp:subexp_names() end

---@return string pattern
function Regexp:string() end

---Compiles a pattern. Errors: INVALID with the reason if it is malformed, has more than 1000 characters, or compiles to more than
---8000 instructions.
---@param pattern string
---@return text.Regexp? regexp
---@return error? err
function regexp.compile(pattern) end

---Compares texts by characters; a byte that is not valid UTF-8 counts as a character.
---@class text.diff
local diff = {}
text.diff = diff

---@class text.DifferOptions
---@field diff_timeout? number How many seconds a comparison looks for the smallest difference, counted in steps, so the result is the same on every machine. 0 means no end. Default: 1.
---@field diff_edit_cost? integer An equal part between two replacements is merged into them if it has fewer characters. Default: 4.
---@field match_threshold? number How much a place may differ from what a patch expects, from 0 (not at all) to 1. Default: 0.5.
---@field match_distance? integer A place that is this many characters away counts as badly as one without any match. Default: 1000.
---@field patch_delete_threshold? number How much of the text that a patch deletes may differ, from 0 to 1. Default: 0.5.
---@field patch_margin? integer How many characters around a change a patch contains. Default: 4.

---A part of a comparison.
---@class text.Difference
---@field operation string `"equal"`, `"delete"` or `"insert"`.
---@field text string

---@class text.Patch
---@field text string As `@@ -7,13 +7,11 @@`, and lines that begin with a space, `-` or `+`.

---@class text.DifferSummary
---@field insertions integer Characters.
---@field deletions integer
---@field equals integer

---Compares texts as its options say.
---@class text.Differ
local Differ = {}

---Errors: INVALID if an argument is not a string.
---@param text1 string
---@param text2 string
---@return text.Difference[]? diffs
---@return error? err
function Differ:compare(text1, text2) end

---@param diffs text.Difference[]
---@return text.DifferSummary
function Differ:summarize(diffs) end

---Returns text for a terminal: deletions in red, insertions in green.
---Errors: INVALID if it is not a list of differences, with the place.
---@param diffs text.Difference[]
---@return string? text
---@return error? err
function Differ:pretty_text(diffs) end

---Returns HTML with `<del>` and `<ins>`; the text is escaped.
---Errors: INVALID if it is not a list of differences, with the place.
---@param diffs text.Difference[]
---@return string? html
---@return error? err
function Differ:pretty_html(diffs) end

---Returns the patches that turn the first text into the second.
---Errors: INVALID if an argument is not a string.
---@param text1 string
---@param text2 string
---@return text.Patch[]? patches
---@return error? err
function Differ:patch_make(text1, text2) end

---Applies patches. If the text has changed meanwhile, a patch is applied at the most similar place nearby.
---Errors: INVALID if it is not a patch, with the line.
---@param patches text.Patch[]
---@param text string
---@return string? text A patch that finds no place changes nothing.
---@return boolean|error ok Whether every patch could be applied.
function Differ:patch_apply(patches, text) end

---Errors: INVALID for an option that is unknown or of the wrong type.
---@param opts? text.DifferOptions
---@return text.Differ? differ
---@return error? err
function diff.new(opts) end

return text
