import { expect, it } from "vitest";
import { Host } from "../../src/host/host.ts";
import { shared } from "../../src/lua/core/shared.ts";
import { measure } from "../../src/lua/limits/measure.ts";
import { State } from "../../src/lua/run/state.ts";
import { getString, LuaTable, setString } from "../../src/lua/vm/lua-table.ts";
import { Shape } from "../../src/lua/vm/shape.ts";
import { newCell } from "../../src/lua/vm/table.ts";
import { INTEGER } from "../../src/lua/vm/types.ts";
import { completed } from "../../src/value/bytes.ts";
import { ByteString } from "../../src/value/value.ts";
import { evaluate, Sandbox } from "../support/lua.ts";

const withFields = (names: readonly string[], most?: number) => {
  const t = new LuaTable(shared);
  for (const name of names) setString(t, ByteString.fromText(name), newCell(INTEGER, 1), most);
  return t;
};

it("tables with the same fields in the same order have one shape", () => {
  expect(withFields(["x", "y"]).shape).toBe(withFields(["x", "y"]).shape);
  expect(withFields(["y", "x"]).shape).not.toBe(withFields(["x", "y"]).shape);
  expect(String(withFields(["x", "y"]).shape.keys)).toBe("x,y");
});

/** What the memory account says of a value that a script makes. */
async function bytesOf(code: string): Promise<number> {
  const state = new State({ modules: new Map(), call: undefined, print() {} });
  const size = () => measure(state.footprint).bytes;
  const before = size();
  const [made] = await state.run(state.load(Buffer.from(code), "=t"), []);
  state.thread.stack[state.thread.top++] = made!; // it is in reach, as a global would be
  return size() - before;
}

const listOf = (value: string) => bytesOf(`local t = {} for i = 1, 10000 do t[i] = ${value} end return t`);

it("a list of small integers takes ten bytes an item", async () => {
  expect(await bytesOf("local t = {} for i = 1, 1000000 do t[i] = i end return t")).toBeLessThanOrEqual(10_001_000);
});

it("a list is counted by what its values take", async () => {
  const [integers, booleans] = [await listOf("i"), await listOf("true")];
  expect((await listOf("i + 0.5")) - integers).toBe(160_000); // 16 for each number, unless it is a small integer
  expect((await listOf("i % 2 == 0 and i or true")) - booleans).toBe(100_072); // a tag for each, and the list of them
  expect((await listOf("{}")) - booleans).toBe(960_000);
});

it("a record of four fields takes 96 bytes, and each that follows takes sixteen in a list", async () => {
  const booleans = await listOf("true");
  const recordsOf = async (fields: string) => Math.round(((await listOf(`{${fields}}`)) - booleans) / 10_000);
  expect(await recordsOf("a = i, b = i, c = 'text', d = true")).toBe(96);
  expect(await recordsOf("a = i, b = i, c = 'text', d = true, e = 1, f = 2")).toBe(96 + 48 + 32);
});

it("a table with other keys is counted by its Map, and each key once more", async () => {
  const [plain, one] = [await listOf("{}"), await listOf("{[1000000] = 1}")];
  expect(Math.round((one - plain) / 10_000)).toBe(72 + 440 + 85);
  expect(await bytesOf("local t = {} for i = 1, 10000 do t[i * 1000] = 1 end return t")).toBeLessThan(
    10_000 * 85 + 1000,
  );
});

it("a short string is counted as it is, and its second form when somebody has it made", async () => {
  const strings = (await listOf("'text ' .. i + 100000")) - (await listOf("true"));
  expect(strings / 10_000).toBe(140 + 24 + 11);
  const t = new ByteString(Buffer.from("ten bytes!"));
  const before = completed;
  expect([t.binary, t.bytes.length, completed - before]).toEqual(["ten bytes!", 10, 10]);
  const text = ByteString.fromAscii("ten bytes!");
  expect([text.bytes.length, text.binary, completed - before]).toEqual([10, "ten bytes!", 10 + 10 + 130]);
  const long = ByteString.fromAscii("x".repeat(100));
  expect([long.bytes.length, long.bytes.length, completed - before]).toEqual([100, 100, 150 + 100 + 300]);
});

it("second forms count for who has them made", async () => {
  const kept = 'local t = {} for i = 1, 30000 do t[i] = "text " .. i end ';
  await using host = await Host.open();
  const limits = { memory: "8MiB" };
  expect((await host.run(`${kept} return #t`, limits)).value).toBe(30_000);
  const each = `${kept} local encode = require("base64").encode for i = 1, #t do encode(t[i]) end return #t`;
  expect((await host.run(each)).value).toBe(30_000);
  await expect(host.run(each, limits)).rejects.toMatchObject({ limit: "memory" });
});

it("tables with one metatable share what it takes", async () => {
  const plain = await listOf("{}");
  const [shared, own] = [await listOf("setmetatable({}, _G)"), await listOf("setmetatable({}, {})")];
  expect(Math.round((shared - plain) / 10_000)).toBe(0);
  expect(Math.round((own - plain) / 10_000)).toBe(96 + 72 + 112);
});

it("a field holds any value, wherever it lies", async () => {
  const code = `
    local values = { 1, 2.0, 0.5, "s", true, false, 2^53 + 1, math.maxinteger, print, {}, coroutine.create(print) }
    for _, name in ipairs { "a", "b", "c", "d", "e", "f" } do
      local t = { a = 1, b = 1, c = 1, d = 1, e = 1, f = 1 }
      for _, value in ipairs(values) do
        t[name] = value
        assert(rawequal(t[name], value) and math.type(t[name]) == math.type(value))
        for other, one in pairs(t) do assert(other == name or math.type(one) == "integer") end
      end
      t[name] = nil
      assert(t[name] == nil)
      for other in pairs(t) do assert(other ~= name) end
      t[name] = "again"
      assert(t[name] == "again")
    end
    return "done"`;
  expect(await evaluate(code)).toEqual(["done"]);
});

it("a table that was an object's keeps its metatable when it changes", async () => {
  const code = `
    local M = { __index = { x = "inherited" } }
    local function new() return setmetatable({ a = 1 }, M) end
    local one, other = new(), new()
    one[1], one[2] = 1, "mixed"
    one[-1] = "in the Map"
    setmetatable(other, nil)
    local third = new()
    assert(one.x == "inherited" and third.x == "inherited" and other.x == nil)
    one[2] = nil
    assert(#one == 1 and #third == 0 and third[1] == nil and getmetatable(one) == M)
    M.__index = function() return "asked" end
    assert(one.x == "asked" and third.x == "asked")
    return "done"`;
  expect(await evaluate(code)).toEqual(["done"]);
});

it("a table that is a dictionary has no shape", () => {
  const names = Array.from({ length: 100 }, (_, i) => `name ${i}`);
  const dictionary = withFields(names);
  expect(dictionary.shape).toBe(Shape.dictionary);
  for (const name of names) expect(getString(dictionary, ByteString.fromText(name)).value).toBe(1);
  expect(withFields(names.slice(0, 9), 8).shape).toBe(Shape.dictionary);
  expect(withFields(["x".repeat(65)]).shape).toBe(Shape.dictionary);
});

it("however many shapes there were, tables are as they should be", () => {
  const old = withFields(["first", "second"]);
  for (let i = 0; i < 20_000; i++) withFields([`a ${i % 60}`, `b ${i % 7}`, `c ${Math.floor(i / 60)}`]);
  setString(old, ByteString.fromText("third"), newCell(INTEGER, 3));
  expect(String(old.shape.keys)).toBe("first,second,third");
  expect(getString(old, ByteString.fromText("third")).value).toBe(3);
});

it("the length of a constructor's list is as long as the list, where its last value is one", () => {
  expect(evaluate("return #{nil, nil, 3}, #{1, nil, 3}, #{n = 1, 1, 2}, #{nil, nil}")).toEqual([3, 3, 2, 0]);
  expect(evaluate("return #{[1] = 'a', [2] = 'b', 'c'}, ({[1] = 'a', 'c'})[1]")).toEqual([2, "c"]);
  expect(evaluate("local t = {} t[4] = 1 return #t")).toEqual([0]);
});

it("a list that is filled from its end is one list in the end", () => {
  const sandbox = new Sandbox();
  const [list] = sandbox.evaluate("local t = {} for i = 5000, 1, -1 do t[i] = i end return t") as [number[]];
  expect(list).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1));
});

it("a queue keeps what is in it, and no more", () => {
  const code = `local q, head, tail = {}, 1, 0
    for i = 1, 20000 do
      tail = tail + 1
      q[tail] = i
      if tail - head >= 10 then q[head] = nil head = head + 1 end
    end
    local n, sum = 0, 0
    for k, v in pairs(q) do n, sum = n + 1, sum + v end
    return n, sum, q[head], q[head - 1]`;
  expect(evaluate(code)).toEqual([10, 199955, 19991, undefined]);
});

it("metamethods are found in a table that came out of a value", () => {
  const code = "local meta = ... return setmetatable({}, meta).name, getmetatable(setmetatable({}, meta)).__index.name";
  expect(evaluate(code, { __index: { name: "ada" } })).toEqual(["ada", "ada"]);
});

it("a method that is looked up in turn in objects of several kinds is each one's own", () => {
  const code = `local function class(name)
      local C = {}
      C.__index = C
      function C.new(x) return setmetatable({ x = x }, C) end
      function C:call() return name .. self.x end
      return C
    end
    local A, B, out = class("a"), class("b"), {}
    for i = 1, 3 do
      for _, o in ipairs { A.new(i), B.new(i), { call = function() return "own" end }, setmetatable({}, { __index = function() return function() return "f" end end }) } do
        out[#out + 1] = o:call()
      end
    end
    A.call = function() return "changed" end
    out[#out + 1] = A.new(1):call()
    return table.concat(out, " ")`;
  expect(evaluate(code)).toEqual(["a1 b1 own f a2 b2 own f a3 b3 own f changed"]);
});

it("a list is unpacked any number of times", () => {
  const code = `local t, sum = {}, 0
    for i = 1, 100 do t[i] = i end
    for i = 1, 10000 do sum = sum + select("#", table.unpack(t)) end
    return sum`;
  expect(evaluate(code)).toEqual([1_000_000]);
});
