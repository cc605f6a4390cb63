/**
 * Programs that have memory in the hands of compiled code, while something that this code called calls back into Lua:
 * what is measured there must see it, or wait until it can.
 */

/** Has the statements `b` run in a callback of some kind; `i` makes names that no other callback has. */
type Callback = (b: string, i: number) => string;

/** Ways in which the library, metamethods and coroutines call Lua. */
const callbacks: Readonly<Record<string, Callback>> = {
  reader: (b, i) =>
    `do local d${i} = false load(function() if d${i} then return nil end d${i} = true ${b} return "return 1" end) end`,
  chunk: (b) => `load("local f = ... f()")(function() ${b} end)`,
  sort: (b) => `table.sort({3, 1}, function(a, c) ${b} return a < c end)`,
  sortLt: (b) =>
    `do local m = {__lt = function(a, c) ${b} return false end} table.sort({setmetatable({}, m), setmetatable({}, m)}) end`,
  sortLike: (b) =>
    `do local m = {__index = function(t, k) ${b} return 1 end, __newindex = function() end, __len = function() return 2 end} table.sort(setmetatable({}, m)) end`,
  gsub: (b) => `string.gsub("a", "a", function() ${b} return "b" end)`,
  gsubTable: (b) => `string.gsub("a", "a", setmetatable({}, {__index = function() ${b} return "b" end}))`,
  index: (b) => `do local v = setmetatable({}, {__index = function(t, k) ${b} return 1 end}).x end`,
  indexNum: (b) => `do local v = setmetatable({}, {__index = function(t, k) ${b} return 1 end})[1] end`,
  newindex: (b) => `setmetatable({}, {__newindex = function(t, k, v) ${b} end}).x = 1`,
  len: (b) => `do local v = #setmetatable({}, {__len = function() ${b} return 1 end}) end`,
  concat: (b) => `do local v = "x" .. setmetatable({}, {__concat = function() ${b} return "y" end}) end`,
  concat3: (b) => `do local v = "x" .. n .. setmetatable({}, {__concat = function() ${b} return "y" end}) .. "z" end`,
  eq: (b) =>
    `do local m = {__eq = function() ${b} return true end} local v = setmetatable({}, m) == setmetatable({}, m) end`,
  lt: (b) =>
    `do local m = {__lt = function() ${b} return true end} local v = setmetatable({}, m) < setmetatable({}, m) end`,
  le: (b) =>
    `do local m = {__le = function() ${b} return true end} local v = setmetatable({}, m) <= setmetatable({}, m) end`,
  leLt: (b) =>
    `do local m = {__lt = function() ${b} return true end} local v = setmetatable({}, m) <= setmetatable({}, m) end`,
  call: (b) => `setmetatable({}, {__call = function() ${b} end})()`,
  callCall: (b) => `do local v = setmetatable({}, {__call = function() ${b} return 1 end})(n) end`,
  add: (b) => `do local v = setmetatable({}, {__add = function() ${b} return 1 end}) + 1 end`,
  unm: (b) => `do local v = -setmetatable({}, {__unm = function() ${b} return 1 end}) end`,
  tostring: (b) => `tostring(setmetatable({}, {__tostring = function() ${b} return "x" end}))`,
  format: (b) => `string.format("%s", setmetatable({}, {__tostring = function() ${b} return "x" end}))`,
  print: (b) => `print(setmetatable({}, {__tostring = function() ${b} return "x" end}))`,
  tconcat: (b) =>
    `table.concat(setmetatable({}, {__index = function() ${b} return "x" end, __len = function() return 1 end}))`,
  tconcatLen: (b) => `table.concat(setmetatable({}, {__len = function() ${b} return 0 end}))`,
  unpack: (b) => `do local v = table.unpack(setmetatable({}, {__index = function() ${b} return "x" end}), 1, 1) end`,
  move: (b) => `table.move(setmetatable({}, {__index = function() ${b} return "x" end}), 1, 1, 1, {})`,
  moveTo: (b) => `table.move({1}, 1, 1, 1, setmetatable({}, {__newindex = function() ${b} end}))`,
  insert: (b) =>
    `table.insert(setmetatable({}, {__newindex = function() ${b} end, __len = function() return 0 end}), 1)`,
  remove: (b) =>
    `table.remove(setmetatable({}, {__index = function() ${b} return 1 end, __len = function() return 1 end}))`,
  ipairs: (b) =>
    `for k, v in ipairs(setmetatable({}, {__index = function(t, k) ${b} if k < 2 then return 1 end end})) do end`,
  pairs: (b) => `for k, v in pairs(setmetatable({}, {__pairs = function(t) ${b} return next, {}, nil end})) do end`,
  iter: (b) => `for k in function(s, k) if k == 1 then return nil end ${b} return 1 end, nil, 0 do end`,
  pcall: (b) => `pcall(function() ${b} end)`,
  pcallErr: (b) => `pcall(function() ${b} error({}) end)`,
  xpcall: (b) => `xpcall(function() ${b} end, function(e) return e end)`,
  handler: (b) => `xpcall(function() error("x") end, function(e) ${b} return e end)`,
  handlerDeep: (b) => `xpcall(function() local x = nil + 1 end, function(e) ${b} return debug.traceback(e) end)`,
  wrap: (b) => `coroutine.wrap(function() ${b} end)()`,
  resume: (b) => `coroutine.resume(coroutine.create(function() ${b} end))`,
  yieldy: (b, i) =>
    `do local w${i} = coroutine.wrap(function() coroutine.yield() ${b} coroutine.yield() end) w${i}() w${i}() end`,
  method: (b) => `do local o = {m = function(self) ${b} end} o:m() end`,
  closure: (b) => `(function(...) ${b} end)(1, 2, 3)`,
  vararg: (b) => `(function(...) local a, c = ... ${b} return ... end)(table.unpack({1, 2, 3, 4, 5, 6, 7, 8, 9}))`,
  goto: (b, i) => `do local k${i} = 0 ::again${i}:: k${i} = k${i} + 1 ${b} if k${i} < 2 then goto again${i} end end`,
  repeat: (b, i) => `for j${i} = 1, 2 do ${b} end`,
  ostime: (b) => `os.time(setmetatable({}, {__index = function(t, k) ${b} return 1 end}))`,
  errtostring: (b) => `pcall(error, setmetatable({}, {__tostring = function() ${b} return "x" end}))`,
  errorsNew: (b) =>
    `pcall(function() require("errors").new(setmetatable({}, {__tostring = function() ${b} return "x" end})) ${b} end)`,
  errwrap: (b) => `do local ok, e = pcall(function() ${b} error(require("errors").new("x")) end) end`,
  selectn: (b) => `select("#", (function() ${b} return 1, 2, 3 end)())`,
  rawsets: (b) => `rawset({}, "k", (function() ${b} return 1 end)())`,
  gmatch: (b) => `for w in string.gmatch("a b", "%a") do ${b} end`,
  tailcall: (b, i) =>
    `do local function t${i}(k) if k == 0 then ${b} return 1 end return t${i}(k - 1) end t${i}(3) end`,
  recur: (b, i) =>
    `do local function t${i}(k) local h = {k} if k == 0 then ${b} return h end local r = t${i}(k - 1) return {r, h} end t${i}(5) end`,
  collect: (b) => `collectgarbage() ${b}`,
};

/** What is made, of the number `n`. */
const made: Readonly<Record<string, string>> = {
  table: "{n}",
  tables: "{{n}, {n}, {n}}",
  string: '(("x"):rep(2000) .. n)',
  closure: "(function() local z = n return function() z = z + 1 return z end end)()",
  started:
    "(function() local c = coroutine.create(function(a) coroutine.yield(a) end) coroutine.resume(c, n) return c end)()",
  error: "select(2, pcall(error, {n}))",
  traceback: 'debug.traceback(("t"):rep(100) .. n)',
  packed: "table.pack(n, n, n, n)",
  fields: "{a = n, b = n, c = n, d = {n}}",
  loaded: 'load("return " .. n)',
  bytes: "string.char(255, 254, n % 256):rep(1000)",
};

/** How it is kept: in `keep`, which is declared first. */
const kept: Readonly<Record<string, (x: string) => readonly [declared: string, added: string]>> = {
  chain: (x) => ["local keep", `keep = {keep, ${x}}`],
  list: (x) => ["local keep = {}", `keep[#keep + 1] = ${x}`],
  closures: (x) => ["local keep", `do local p, v = keep, ${x} keep = function() return p, v end end`],
  coroutines: (x) => [
    "local keep",
    `do local p, v = keep, ${x} keep = coroutine.create(function() return p, v end) end`,
  ],
  errors: (x) => ["local keep", `keep = select(2, pcall(error, {keep, ${x}}))`],
  keys: (x) => ["local keep = {}", `keep[tostring(n) .. ("k"):rep(20)] = ${x}`],
  global: (x) => ["KEEP = {}", `KEEP[#KEEP + 1] = ${x}`],
};

type Shape = (nested: (inner: string) => string, declared: string, added: string) => string;

const many = (added: string, times: number) => `for q = 1, ${times} do n = n + 1 ${added} end`;

/** Where it is kept: below the callback, around it, or in it. None of these ends. */
const endless: Readonly<Record<string, Shape>> = {
  below: (nested, declared, added) => `${declared} while true do ${many(added, 60)} ${nested("")} end return keep`,
  around: (nested, declared, added) => `${declared} while true do ${nested(many(added, 60))} end return keep`,
  inside: (nested, declared, added) =>
    `local held = {} for i = 1, 30000 do held[i] = {i} end
     while true do ${nested(`${declared} while true do n = n + 1 ${added} end`)} end return held`,
};

/** It lets go of all that it has made but for a part, again and again: some hundred times what it has at once. */
const frugal: Shape = (nested, declared, added) =>
  `local held = {} for i = 1, 10000 do held[i] = {i} end
   for r = 1, 60 do ${nested(`${declared} ${many(added, 300)}`)} end return #held`;

export interface Program {
  readonly name: string;
  readonly code: string;
  /** What it comes to; absent where a limit ends it. */
  readonly result?: number;
}

const codeOf = (shape: Shape, kinds: readonly string[], what: string, how: string): string => {
  const [declared, added] = kept[how]!(made[what]!);
  const nested = (inner: string) => kinds.reduceRight((b, kind, i) => callbacks[kind]!(b, i + 1), inner);
  return `local function main() local n = 0 ${shape(nested, declared, added)} end return main()`;
};

/** Each kind of callback by itself, and some of those within each other. @param random numbers over [0, 1) */
export function* programs(random: () => number): Generator<Program> {
  const pick = (of: object): string => {
    const names = Object.keys(of);
    return names[Math.floor(random() * names.length)]!;
  };
  for (let depth = 1; ; depth = (depth % 3) + 1) {
    for (const kind of Object.keys(callbacks)) {
      const kinds = [kind, ...Array.from({ length: depth - 1 }, () => pick(callbacks))];
      const [shape, what, how] = [pick(endless), pick(made), pick(kept)];
      yield { name: [shape, ...kinds, what, how].join(" "), code: codeOf(endless[shape]!, kinds, what, how) };
      if (depth > 1 || random() > 0.4) continue;
      yield { name: `frugal ${kind}`, code: codeOf(frugal, kinds, "string", "chain"), result: 10_000 };
    }
  }
}
