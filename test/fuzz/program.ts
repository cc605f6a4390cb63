/**
 * Random Lua programs: every statement, every function of the libraries and of the modules, with arguments that are
 * seldom what the function expects. They are valid, mostly end soon, and mean nothing.
 */

/** Numbers in [0, 1) by a seed (mulberry32, public domain). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

const words = (text: string) => text.trim().split(/\s+/);

/** The string literals in a text. */
const strings = (text: string) => text.match(/"(?:[^"\\]|\\.)*"/g)!;

const functions = words(`
  assert collectgarbage error getmetatable ipairs load next pairs pcall print rawequal rawget rawlen rawset require select
  setmetatable tonumber tostring type xpcall
  coroutine.create coroutine.isyieldable coroutine.resume coroutine.running coroutine.status coroutine.wrap coroutine.yield
  math.abs math.ceil math.floor math.fmod math.max math.min math.modf math.random math.randomseed math.tointeger math.type math.ult
  math.sqrt math.log math.exp math.sin os.clock os.date os.difftime os.time
  string.byte string.char string.find string.format string.gmatch string.gsub string.len string.lower string.match string.pack
  string.packsize string.rep string.reverse string.sub string.unpack string.upper
  table.concat table.insert table.move table.pack table.remove table.sort table.unpack
  utf8.char utf8.codepoint utf8.codes utf8.len utf8.offset
  errors.new errors.wrap errors.is errors.call_stack
  store.get security.can security.new_actor security.new_scope security.policy security.named_scope security.actor security.scope
  s.get s.set s.has s.delete s.entry s.put s.list s.info s.release
`);

/** Awkward values, and those that functions look for: patterns, formats, options, code. */
const values = [
  ..."nil true false 0 1 2 3 -1 7 255 256 1.5 -0.0 0.0 1e15 1e308 -1e308 (0/0) (1/0) (-1/0)".split(" "),
  ..."2147483647 -2147483648 2147483648 4294967296 math.pi math.maxinteger math.mininteger".split(" "),
  ...strings(
    String.raw`"" "x" "abc" "\0" "\xff" "\xe2\x82\xac" "a\nb" "10" "0x10" "1e2" " 5 " "nan" "k" "count" "n" "__index"`,
  ),
  ...strings(
    `"." ".-" "(.)(.)" "%b()" "%f[%w]" "[^a-c]" "[" "(" ")" "%" "%1" "()" "^a" "a$" "[%" "%z" "[]]" "*" ".*b"`,
  ),
  ...strings(
    `"%d" "%5.2s" "%q" "%c" "%x" "%g" "%a" "%99d" "%i%s" "% d" "%-5d|" "%.3f" "%y" "%5" "<i4" "z" "s1" "!8d" "c5" "Xi" "i17" "b>h"`,
  ),
  ...strings(
    String.raw`"*t" "!%c" "%H:%M" "%E" "%" "return 1" "x =" "return ..." "local a <" "\27Lua" "app:cache" "app:none" "store" "errors" "r"`,
  ),
  '("x"):rep(1000)',
  '("ab"):rep(200)',
  "{}",
  "{1, 2, 3}",
  "{3, 1, 2, n = 3}",
  "{a = 1, b = {c = 2}}",
  "{year = 2000, month = 1, day = 1}",
  '{message = "m", kind = "Invalid", details = {1}}',
  "{prefix = '', limit = 10}",
  "{ttl = 1}",
  "setmetatable({}, {__index = function(t, k) return k end})",
  'setmetatable({}, {__call = function(...) return ... end, __tostring = function() return "shown" end})',
  "setmetatable({}, {__tostring = function() return 1 end, __name = 'named'})",
  "setmetatable({}, {__len = function() return 5 end, __index = function() return 1 end, __newindex = function() end})",
  "setmetatable({}, {__lt = function() return true end, __le = error, __eq = function() return true end})",
  "setmetatable({}, {__concat = function() return 'c' end, __add = function(a, b) return b end, __unm = error})",
  "setmetatable({}, {__pairs = function(t) return next, {1}, nil end, __metatable = 1})",
  "setmetatable({}, {__gc = error, __mode = 'kv'})",
  "function() return 1 end",
  "function(...) return ... end",
  "function(a, b) return a end",
  "function() error({}) end",
  "function() coroutine.yield(1) return 2 end",
  "print",
  "string.rep",
  "pcall",
  "coroutine.create(function(...) return coroutine.yield(...) end)",
  "coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)",
  'errors.new("failed")',
  "s",
  "store",
  "string",
  "_G",
  "_ENV",
  'getmetatable("")',
  "coroutine.running()",
  "...",
];

const binary = words("+ - * / // % ^ .. == ~= < <= > >= and or & | ~ << >>");
const events = words(
  "__index __newindex __call __add __sub __concat __eq __lt __le __len __unm __tostring __pairs __name __metatable __mode",
);
const VARIABLES = 6;

export class ProgramWriter {
  readonly #next: () => number;
  #left = 0;
  #loops = 0;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  /** A program. Its locals `store`, `security` and `s`, a store that is there, come before it. */
  program(): string {
    this.#left = 20 + this.#below(60);
    const lines = [`local ${Array.from({ length: VARIABLES }, (_, i) => `v${i}`).join(", ")}`];
    while (this.#left > 0) {
      const statement = this.#statement(0);
      lines.push(this.#next() < 0.02 ? statement : `pcall(function(...)\n${statement}\nend)`);
    }
    lines.push(`return ${this.#expression(2)}`);
    return lines.join("\n");
  }

  #below(n: number): number {
    return Math.floor(this.#next() * n);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!;
  }

  #variable(): string {
    return `v${this.#below(VARIABLES)}`;
  }

  #expression(depth: number): string {
    if (depth <= 0) return this.#next() < 0.4 ? this.#variable() : this.#pick(values);
    switch (this.#below(9)) {
      case 0:
        return `(${this.#expression(depth - 1)} ${this.#pick(binary)} ${this.#expression(depth - 1)})`;
      case 1:
        return `(${this.#pick(["-", "not ", "#", "~"])}${this.#expression(depth - 1)})`;
      case 2:
        return `(${this.#expression(0)})[${this.#expression(depth - 1)}]`;
      case 3:
        return `{${this.#list(depth - 1, 4)}}`;
      case 4:
      case 5:
      case 6:
        return this.#call(depth - 1);
      case 7:
        return `(function(...) ${this.#inline()} return ${this.#expression(depth - 1)} end)`;
      default:
        return this.#expression(0);
    }
  }

  #list(depth: number, most: number): string {
    return Array.from({ length: this.#below(most + 1) }, () => this.#expression(depth)).join(", ");
  }

  #call(depth: number): string {
    const name = this.#pick(functions);
    const args = this.#list(depth, 4);
    // Now and then with the receiver that it wants, and caught or not.
    const all = name.startsWith("s.") && this.#next() < 0.9 ? `s${args === "" ? "" : `, ${args}`}` : args;
    const roll = this.#next();
    if (roll < 0.3) return `pcall(${name}${all === "" ? "" : `, ${all}`})`;
    if (roll < 0.35) return `xpcall(${name}, ${this.#expression(0)}${all === "" ? "" : `, ${all}`})`;
    if (roll < 0.4) return `coroutine.wrap(${name})(${all})`;
    if (roll < 0.45) return `(${this.#expression(0)})(${all})`;
    if (roll < 0.5)
      return `(${this.#expression(0)}):${this.#pick(words("get set rep format gsub find x message kind meta id"))}(${all})`;
    return `${name}(${all})`;
  }

  #inline(): string {
    this.#left--;
    return this.#next() < 0.5 ? "" : `${this.#variable()} = ${this.#expression(1)}`;
  }

  #block(depth: number): string {
    const lines: string[] = [];
    for (let i = this.#below(4); i >= 0; i--) lines.push(this.#statement(depth + 1));
    return lines.join("\n");
  }

  #statement(depth: number): string {
    this.#left--;
    const roll = depth > 3 ? this.#below(6) : this.#below(17);
    switch (roll) {
      case 0:
      case 1:
        return `${this.#variable()} = ${this.#expression(3)}`;
      case 2:
        return `local _ = ${this.#call(2)}`;
      case 3:
        return `pcall(function(...) ${this.#variable()} = ${this.#expression(3)} end)`;
      case 4:
        return `pcall(function(...) (${this.#variable()})[${this.#expression(1)}] = ${this.#expression(2)} end)`;
      case 5:
        return `pcall(function(...) local m = getmetatable(${this.#variable()}) m.${this.#pick(events)} = ${this.#expression(1)} end)`;
      case 6:
        return `if ${this.#expression(2)} then\n${this.#block(depth)}\nelse\n${this.#block(depth)}\nend`;
      case 7:
        return `for i = ${this.#pick(["1, 10", "3, 1, -1", "1, 0", "1.0, 2.5, 0.5"])} do\n${this.#block(depth)}\nend`;
      case 8:
        return `pcall(function(...) for k, v in ${this.#pick(["pairs", "ipairs", "string.gmatch", "utf8.codes"])}(${this.#expression(1)}${this.#next() < 0.3 ? ', "."' : ""}) do\n${this.#block(depth)}\nend end)`;
      case 9:
        return `do local n = 0 while n < ${this.#below(20)} do n = n + 1\n${this.#block(depth)}\nend end`;
      case 10:
        return `pcall(function(...)\n${this.#block(depth)}\nend, ${this.#expression(1)})`;
      case 11:
        return `${this.#variable()} = function(...)\n${this.#block(depth)}\nreturn ${this.#expression(1)}\nend`;
      case 12:
        return `${this.#variable()} = coroutine.wrap(function(...)\n${this.#block(depth)}\ncoroutine.yield(${this.#expression(1)})\n${this.#block(depth)}\nend)`;
      case 13:
        return `${this.#variable()} = setmetatable({${this.#list(1, 3)}}, {${this.#pick(events)} = ${this.#expression(1)}, ${this.#pick(events)} = ${this.#expression(1)}})`;
      case 14:
        return `do local function f(a, ...) ${this.#inline()} return f(a${this.#next() < 0.3 ? ", ..." : ""}) end pcall(f, ${this.#expression(1)}) end`.replace(
          "return f",
          this.#next() < 0.2 ? "return f" : "do return end return f",
        );
      case 15: {
        const label = `l${this.#loops++}`;
        return `do local n = 0 ::${label}:: n = n + 1\n${this.#block(depth)}\nif n < 3 then goto ${label} end end`;
      }
      default:
        return `repeat\n${this.#block(depth)}\nuntil true`;
    }
  }
}
