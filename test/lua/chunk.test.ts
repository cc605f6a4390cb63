import { expect, test } from "vitest";
import { Chunk } from "../../src/lua/run/chunk.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");

test("a source that came before is not compiled once more", () => {
  const chunk = Chunk.compile(bytes("return 'once'"), "=a");
  expect(Chunk.compile(bytes("return 'once'"), "=a")).toBe(chunk);
  expect(Chunk.compile(bytes("return 'once'"), "=b")).not.toBe(chunk);
  expect(Chunk.compile(bytes("return 'Once'"), "=a")).not.toBe(chunk);
});

test("a name and a source are not taken for another name and another source", () => {
  const chunk = Chunk.compile(bytes("--[[x]]"), "=a");
  expect(Chunk.compile(bytes("-[[x]]".slice(1)).subarray(0, 0), "=a--[[x]]")).not.toBe(chunk);
});

test("a source that is long is compiled each time, and many push out those that came first", () => {
  const long = bytes(`return '${"x".repeat(40_000)}'`);
  expect(Chunk.compile(long, "=long")).not.toBe(Chunk.compile(long, "=long"));
  const first = Chunk.compile(bytes("return 'first'"), "=first");
  for (let i = 0; i < 200; i++) Chunk.compile(bytes(`return '${i}${"x".repeat(30_000)}'`), "=many");
  expect(Chunk.compile(bytes("return 'first'"), "=first")).not.toBe(first);
});
