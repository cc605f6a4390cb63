/**
 * Random Lua programs for the compiler: what it compiles, mixed as people would not. They do not use what differs between
 * implementations of Lua, and print what they come to: values, and messages with their lines.
 */
import { random } from "../../fuzz/program.ts";

const HEAD = `local function show(v)
  if v ~= v then return "nan" end
  local t = math.type(v) or type(v)
  if t == "float" then return string.format("%.14g", v) .. "f" end
  if t == "integer" or t == "string" or t == "boolean" or t == "nil" then return tostring(v) end
  return t
end
local function out(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = show(t[i]) end
  print(table.concat(t, " "))
end
local V = {}
V.__index = V
V.__add = function(a, b) return setmetatable({ n = (type(a) == "table" and a.n or a) + (type(b) == "table" and b.n or b) }, V) end
V.__lt = function(a, b) return a.n < b.n end
V.__le = function(a, b) return a.n <= b.n end
V.__eq = function(a, b) return a.n == b.n end
V.__len = function(a) return a.n end
V.__concat = function(a, b) return "cat" end
V.__unm = function(a) return -a.n end
V.__call = function(self, a, b) return self.n, a, b end
function V:get(a) return self.n, a end
function V.new(n) return setmetatable({ n = n }, V) end
local F = setmetatable({}, { __index = function(t, k) return "?" .. show(k) end, __newindex = function(t, k, v) rawset(t, k, v) end })
-- Its metamethods yield where they can.
local Y = {}
local function pass(...)
  local _, isMain = coroutine.running()
  if not isMain then coroutine.yield(...) end
  return ...
end
Y.__add = function(a, b) return pass(7) end
Y.__mul = function(a, b) return pass(0.5), 1 end
Y.__index = function(t, k) if type(k) == "string" then return pass(#k) end end
Y.__newindex = function(t, k, v) pass("set") rawset(t, k, v) end
Y.__lt = function(a, b) return pass(true) end
Y.__le = function(a, b) return pass(false) end
Y.__eq = function(a, b) return pass(1) end
Y.__len = function(a) return pass(2) end
Y.__unm = function(a) return pass("neg") end
Y.__concat = function(a, b) return pass("joined") end
Y.__call = function(self, ...) return pass(...) end
local function drive(f, ...)
  local co = coroutine.create(f)
  local t = table.pack(coroutine.resume(co, ...))
  for i = 1, 40 do
    out(coroutine.status(co), table.unpack(t, 1, t.n))
    if coroutine.status(co) == "dead" then break end
    t = table.pack(coroutine.resume(co, i, t.n))
  end
end
local function same(a) return a end
local function keep(a, b, c) local x = { a } local y = same(b) return x[1], y, c end
local G = 0
`;

/** Values that operations on them often fail for, or that are at an edge. */
const edges = [
  ..."0 1 2 3 -1 7 0.5 1.5 -0.0 2^53 1e15 nil true false".split(" "),
  ..."9007199254740991 9007199254740992 -9007199254740991 2147483647 2147483648 -2147483648 4294967296".split(" "),
  ..."-2147483649 4294967295 9007199254740993 -9007199254740993 4503599627370497.5 2147483648.0 1.0 2.0".split(" "),
  ..."0x7fffffffffffffff (-0x7fffffffffffffff-1) 2^63 -2^63 1e308 (0/0) (1/0) math.huge".split(" "),
  ...['"a"', '"10"', '"0x10"', '""', '"abc"', "{}", "V.new(3)", "V.new(4)", "F", "V"],
  ...['"1"', '"1.0"', '"9007199254740993"', '"0x7fffffffffffffff"', "setmetatable({}, Y)", "setmetatable({1, 2}, Y)"],
];
const binary = "+ - * / % // ^ & | ~ << >> .. == ~= < <= > >= and or".split(" ");

export class CompilerPrograms {
  readonly #random: () => number;
  #names = 0;
  #lines: string[] = [];
  #budget = 0;
  /** Variables in reach, by how far out. */
  #scopes: string[][] = [];
  #loops = 0;
  #hasVarargs = false;
  #isInCoroutine = false;

  constructor(seed: number) {
    this.#random = random(seed);
  }

  /** A program. */
  text(): string {
    this.#lines = [];
    this.#scopes = [[]];
    const count = 1 + this.#int(3);
    for (let i = 0; i < count; i++) this.#function(i);
    return HEAD + this.#lines.join("\n");
  }

  #int(n: number): number {
    return Math.floor(this.#random() * n);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#int(list.length)]!;
  }

  #chance(p: number): boolean {
    return this.#random() < p;
  }

  #write(line: string): void {
    this.#lines.push("  ".repeat(this.#scopes.length - 1) + line);
  }

  #scope(open: string, close: string, body: () => void): void {
    this.#write(open);
    this.#scopes.push([]);
    body();
    this.#scopes.pop();
    this.#write(close);
  }

  #declare(): string {
    const name = `v${this.#names++}`;
    this.#scopes.at(-1)!.push(name);
    return name;
  }

  #variable(): string {
    const all = this.#scopes.flat();
    return all.length === 0 || this.#chance(0.05) ? "G" : this.#pick(all.slice(-12));
  }

  /** A function that is called often enough to be compiled, with arguments of several kinds. */
  #function(i: number): void {
    const parameters = Array.from({ length: this.#int(4) }, (_, n) => `p${i}_${n}`);
    this.#hasVarargs = this.#chance(0.3);
    const list = this.#hasVarargs ? [...parameters, "..."] : parameters;
    this.#budget = 10 + this.#int(14);
    this.#scope(`local function f${i}(${list.join(", ")})`, "end", () => {
      this.#scopes.at(-1)!.push(...parameters);
      this.#block(3);
      this.#write(`return ${this.#list(3)}`);
    });
    this.#hasVarargs = false;
    const rounds = 3 + this.#int(4);
    this.#write(`for r = 1, ${rounds} do`);
    this.#write(
      `  out(pcall(f${i}, ${["r", ...Array.from({ length: this.#int(3) }, () => this.#pick(edges))].join(", ")}))`,
    );
    this.#write("end");
    if (this.#chance(0.5)) this.#write(`out(pcall(f${i}, ${this.#pick(edges)}, ${this.#pick(edges)}))`);
    if (this.#chance(0.3)) {
      this.#write(`do local co = coroutine.wrap(function(...) coroutine.yield(1) return f${i}(...) end)`);
      this.#write(`out(pcall(co, 2, 3)) out(pcall(co, 4)) end`);
    }
    this.#scopes[0]!.push(`f${i}`);
  }

  #block(depth: number): void {
    const count = 1 + this.#int(5);
    for (let i = 0; i < count && this.#budget-- > 0; i++) this.#statement(depth);
  }

  #statement(depth: number): void {
    const kind = this.#int(depth > 0 ? 28 : 13);
    if (kind < 3) {
      const value = this.#expression(3);
      this.#write(`local ${this.#declare()} = ${value}`);
    } else if (kind < 5) this.#write(`${this.#variable()} = ${this.#expression(3)}`);
    else if (kind === 5) this.#write(`out(${this.#list(3)})`);
    else if (kind === 6) this.#write(`G = ${this.#expression(2)}`);
    else if (kind === 7) this.#table();
    else if (kind === 8) this.#write(`${this.#variable()}, ${this.#variable()} = ${this.#list(3)}`);
    else if (kind === 9) this.#several();
    else if (kind === 10)
      this.#write(`if ${this.#expression(2)} then error(${this.#pick(['"e"', "{}", "G", '"e", 2', '"e", 0'])}) end`);
    else if (kind === 11) this.#write(this.#chance(0.5) ? `local _ = ${this.#call(2)}` : this.#keeping());
    else if (kind === 12) this.#keys();
    else this.#nested(kind, depth - 1);
  }

  /** Calls of what has variables while it calls, one after the other where the stack is the same. */
  #keeping(): string {
    const value = () => this.#expression(1);
    const tested = `${this.#variable()} ${this.#pick(["and", "or"])} ${this.#variable()}`;
    return `out(keep(${value()}, ${value()})) out(keep(${value()}, ${value()}, ${tested}))`;
  }

  #several(): void {
    const values = this.#list(3);
    const [a, b] = [this.#declare(), this.#declare()];
    this.#write(`local ${a}, ${b} = ${values}`);
  }

  /** A table, of which something is set and read. */
  #table(): void {
    const made = this.#made(2);
    const name = this.#declare();
    this.#write(`local ${name} = ${made}`);
    this.#write(`${name}.${this.#pick(["x", "y", "n"])} = ${this.#expression(2)}`);
    this.#write(`${name}[${this.#expression(1)}] = ${this.#expression(2)}`);
    if (this.#chance(0.5)) this.#write(`${name}[#${name} + 1] = ${this.#expression(1)}`);
    this.#write(`out(${name}.x, ${name}[1], #${name})`);
  }

  /** A table with keys that are nearly the same. */
  #keys(): void {
    const name = this.#declare();
    const key = () => this.#pick(['"1"', "1", "1.0", '"1.0"', "2^53", "9007199254740993", "-0.0", "2^63", "0.1"]);
    this.#write(`local ${name} = {}`);
    for (let i = 0; i < 4; i++) this.#write(`${name}[${key()}] = ${i % 3 === 2 ? "nil" : this.#expression(1)}`);
    this.#write(`out(${[1, 2, 3, 4].map(() => `${name}[${key()}]`).join(", ")}, #${name})`);
    this.#write(`for k, v in pairs(${name}) do G = k end`);
  }

  #made(depth: number): string {
    const items = Array.from({ length: this.#int(4) }, () => {
      const value = this.#expression(depth - 1);
      return this.#pick([value, value, `x = ${value}`, `["y"] = ${value}`]);
    });
    if (this.#hasVarargs && this.#chance(0.3)) items.push("...");
    return `{ ${items.join(", ")} }`;
  }

  #nested(kind: number, depth: number): void {
    const body = () => this.#block(depth);
    if (kind < 16) this.#choice(depth);
    else if (kind < 18) {
      const range = this.#pick([
        "2147483646, 2147483649",
        "-2147483647, -2147483650, -1",
        "9007199254740990, 9007199254740994",
        "-0x7fffffffffffffff, (-0x7fffffffffffffff-1), -1",
        "2^53, 2^53 + 4",
        "1, 3, 0",
        "3, 1, -0x7fffffffffffffff",
        "1, 3",
        "3, 1, -1",
        "1, 2, 0.5",
        "1.0, 3",
        `1, ${this.#variable()}`,
        `${this.#variable()}, 4`,
        "0x7ffffffffffffffe, 0x7fffffffffffffff",
        "1, math.huge",
        "0, -5, -2",
        "1, 0",
      ]);
      this.#loop((name) => `for ${name} = ${range} do`, body);
    } else if (kind === 18) {
      const list = this.#pick(["ipairs", "ipairs", "pairs", "next,"]);
      const table = this.#pick([this.#made(1), this.#made(1), this.#variable()]);
      this.#loop(
        (name, other) => `for ${name}, ${other} in ${list === "next," ? `next, ${table}` : `${list}(${table})`} do`,
        body,
      );
    } else if (kind === 19) {
      const counter = this.#declare();
      this.#write(`local ${counter} = 0`);
      this.#loop(
        () => `while ${counter} < 4 and ${this.#expression(1)} do`,
        () => {
          this.#write(`${counter} = ${counter} + 1`);
          body();
        },
      );
    } else if (kind === 20) {
      const name = this.#declare();
      const varargs = this.#hasVarargs;
      this.#hasVarargs = false;
      this.#scope(`local function ${name}(a, b)`, "end", () => {
        this.#scopes.at(-1)!.push("a", "b");
        body();
        this.#write(`return ${this.#pick([this.#list(2), this.#call(1)])}`);
      });
      this.#hasVarargs = varargs;
      this.#write(`out(pcall(${name}, ${this.#list(2)}))`);
      this.#write(`out(${name}(${this.#expression(1)}))`);
    } else if (kind === 21) {
      this.#scope("do", "end", body);
    } else if (kind === 22) this.#closures(body);
    else if (kind === 23) this.#jumps(body);
    else if (kind === 24) this.#coroutine(body);
    else if (kind === 25) this.#deep(body);
    else if (kind === 26) this.#growth();
    else {
      const counter = this.#declare();
      const rounds = `c${this.#names++}`; // the body may set the counter back
      this.#write(`local ${counter}, ${rounds} = 0, 0`);
      this.#scope("repeat", `until ${counter} >= 3`, () => {
        this.#write(`${rounds} = ${rounds} + 1 if ${rounds} > 5 then break end`);
        this.#write(`${counter} = ${counter} + 1`);
        body();
      });
    }
  }

  /** Functions that have the variables of a loop, and are called when it is over. */
  #closures(body: () => void): void {
    const [list, i, own] = [`v${this.#names++}`, `v${this.#names++}`, `v${this.#names++}`];
    const label = `l${this.#loops++}`;
    const varargs = this.#hasVarargs;
    this.#hasVarargs = false;
    this.#write(`local ${list} = {}`);
    this.#scope(`for ${i} = 1, 3 do`, "end", () => {
      this.#write(`local ${own} = ${this.#expression(1)}`);
      this.#scopes.at(-1)!.push(i, own);
      if (this.#chance(0.4)) this.#write(`if ${i} == 2 then goto ${label} end`);
      this.#scope("do", "end", () => {
        this.#scope(`${list}[#${list} + 1] = function(a)`, "end", () => {
          this.#scopes.at(-1)!.push("a");
          if (this.#chance(0.5)) this.#write(`${own} = a`);
          body();
          this.#write(`return ${i}, ${own}`);
        });
        if (this.#chance(0.5)) this.#write(`${list}[#${list} + 1] = function() ${own} = ${i} return ${own} end`);
        if (this.#chance(0.5)) this.#write(`${own} = ${this.#expression(1)}`);
      });
      this.#write(`::${label}::`);
    });
    this.#hasVarargs = varargs;
    this.#write(`for r = 1, 2 do for _, f in ipairs(${list}) do out(pcall(f, r)) end end`);
  }

  /** A loop by `goto`, of which functions keep variables, and that two loops are left by. */
  #jumps(body: () => void): void {
    const [again, out] = [`l${this.#loops++}`, `l${this.#loops++}`];
    const [count, kept, own] = [`c${this.#names++}`, `v${this.#names++}`, `v${this.#names++}`];
    this.#scope(`do local ${count}, ${kept} = 0`, "end", () => {
      this.#write(`::${again}::`);
      this.#write(`${count} = ${count} + 1`);
      this.#scope("do", "end", () => {
        this.#write(`local ${own} = ${this.#expression(1)}`);
        this.#scopes.at(-1)!.push(own);
        if (this.#chance(0.5))
          this.#write(`if not ${kept} then ${kept} = function() ${own} = ${count} return ${own} end end`);
        body();
        this.#write(`for i = 1, 2 do for j = 1, 2 do if ${this.#expression(1)} then goto ${out} end end end`);
      });
      this.#write(`if ${count} < 3 then goto ${again} end`);
      this.#write(`::${out}:: out(${count}, ${kept} and ${kept}())`);
    });
  }

  /** A coroutine with any number of arguments, and yields in expressions and metamethods. */
  #coroutine(body: () => void): void {
    const name = this.#declare();
    const [varargs, inCoroutine] = [this.#hasVarargs, this.#isInCoroutine];
    this.#scope(`local function ${name}(a, ...)`, "end", () => {
      this.#hasVarargs = this.#isInCoroutine = true;
      this.#scopes.at(-1)!.push("a");
      if (this.#chance(0.5)) this.#write(`a = ${this.#pick(["a", "..."])} == nil and a or setmetatable({ x = 1 }, Y)`);
      body();
      this.#write(`return ${this.#list(2)}, ...`);
    });
    this.#hasVarargs = varargs;
    this.#isInCoroutine = inCoroutine;
    this.#write(`drive(${name}, ${this.#list(3)})`);
    this.#write(`drive(pcall, ${name}, ${this.#list(2)})`);
  }

  /** As deep as compiled calls go, and a little deeper. */
  #deep(body: () => void): void {
    const name = `v${this.#names++}`; // the body does not call it
    const varargs = this.#hasVarargs;
    this.#hasVarargs = true;
    this.#scope(`local function ${name}(n, ...)`, "end", () => {
      this.#scopes.at(-1)!.push("n");
      this.#write("if n > 0 then");
      this.#write(
        this.#pick([
          `local a, b = ${name}(n - 1, ...) return b, a`,
          `return 1 + ${name}(n - 1, ...)`,
          `return (${name}(n - 1, ...)), n`,
        ]),
      );
      this.#write("end");
      body();
      this.#write(`return ${this.#list(2)}`);
    });
    this.#hasVarargs = varargs;
    this.#write(
      `out(pcall(${name}, ${this.#pick(["40", "150", "186", "189", "190", "191", "195", "400"])}, ${this.#list(2)}))`,
    );
  }

  /** A number that grows past all sizes that are kept in different ways. */
  #growth(): void {
    const name = this.#declare();
    const step = this.#pick([
      "* 3 + 1",
      "* -5 - 2147483647",
      "* 65537",
      "<< 3 | 5",
      "+ 2147483648",
      "- 0x3fffffffffffffff",
      "* 2.0",
      "// -3 * 1000003",
      "~ -1 >> 1",
    ]);
    this.#write(
      `local ${name} = ${this.#pick(["1", "-1", "2147483647", "9007199254740991", "-9007199254740991", "0x7fffffffffffffff"])}`,
    );
    this.#write(
      `for i = 1, 70 do ${name} = ${name} ${step} if i % 23 == 0 then out(${name}, ${name} == ${name} + 0.0, ${name} < 2^53) end end`,
    );
  }

  #choice(depth: number): void {
    this.#write(`if ${this.#expression(2)} then`);
    this.#scopes.push([]);
    this.#block(depth);
    this.#scopes.pop();
    if (this.#chance(0.5)) {
      this.#write("else");
      this.#scopes.push([]);
      this.#block(depth);
      this.#scopes.pop();
    }
    this.#write("end");
  }

  /** A loop that ends after a few rounds, whatever its head says; some are left early, or go on early. */
  #loop(head: (name: string, other: string) => string, body: () => void): void {
    const [name, other, count] = [`v${this.#names++}`, `v${this.#names++}`, `c${this.#names++}`];
    const line = head(name, other);
    const label = `l${this.#loops++}`;
    this.#write(`local ${count} = 0`);
    const uses = line.includes(name) ? (line.includes(other) ? [name, other] : [name]) : [];
    this.#scope(line, "end", () => {
      this.#write(`${count} = ${count} + 1 if ${count} > 5 then break end`);
      this.#scopes.at(-1)!.push(...uses);
      const skips = this.#chance(0.3);
      if (skips) this.#write(`if ${this.#expression(1)} then goto ${label} end`);
      this.#scope("do", "end", body);
      if (this.#chance(0.2)) this.#write(`if ${this.#expression(1)} then break end`);
      if (skips) this.#write(`::${label}::`);
    });
  }

  #list(most: number): string {
    const values = Array.from({ length: 1 + this.#int(most) }, () => this.#expression(2));
    if (this.#chance(0.3)) values.push(this.#hasVarargs && this.#chance(0.6) ? "..." : this.#call(1));
    return values.join(", ");
  }

  #call(depth: number): string {
    const a = this.#expression(depth - 1);
    const b = this.#expression(depth - 1);
    const calls = [
      `math.floor(${a})`,
      `math.max(${a}, ${b})`,
      `math.min(${a}, ${b})`,
      `math.abs(${a})`,
      `math.sqrt(${a})`,
      `type(${a})`,
      `tostring(G)`,
      `select("#", ${a}, ${b})`,
      `select(${this.#pick(["1", "2", "-1", "0"])}, ${a}, ${b})`,
      `pcall(${this.#variable()}, ${a})`,
      `V.new(${a}):get(${b})`,
      `V.new(${a})(${b})`,
      `(function(...) return ... end)(${a}, ${b})`,
      `string.rep("x", 2)`,
      `("abc"):byte(${a})`,
      `rawequal(${a}, ${b})`,
      `rawget(F, ${this.#pick(["1", '"k"'])})`,
      `tonumber(${this.#pick(['"10"', '"x"', "G"])})`,
    ];
    if (this.#hasVarargs) {
      calls.push('select("#", ...)', "select(2, ...)", "(select(1, ...))", "table.pack(...).n");
      calls.push("pcall(select, 1, ...)", `pcall(function(...) return ${a}, ... end, ...)`);
    }
    if (this.#isInCoroutine)
      calls.push(`coroutine.yield(${a}, ${b})`, `coroutine.yield(${a})`, `pcall(coroutine.yield, ${b})`);
    const f = this.#variable();
    if (f.startsWith("f")) calls.push(`${f}(${a})`);
    return this.#pick(calls);
  }

  #expression(depth: number): string {
    const kind = this.#int(depth > 0 ? 12 : 4);
    if (kind < 2) return this.#variable();
    if (kind === 2) return this.#pick(edges);
    if (kind === 3) return `${this.#int(10)}`;
    if (kind < 8) return `(${this.#expression(depth - 1)} ${this.#pick(binary)} ${this.#expression(depth - 1)})`;
    if (kind === 8) return `(${this.#pick(["-", "not ", "#", "~"])}${this.#expression(depth - 1)})`;
    if (kind === 9) return `(${this.#pick([this.#variable(), "F", "V"])}).${this.#pick(["x", "n", "y"])}`;
    if (kind === 10) return `(${this.#pick([this.#variable(), "F"])})[${this.#expression(depth - 1)}]`;
    return `(${this.#call(depth - 1)})`;
  }
}
