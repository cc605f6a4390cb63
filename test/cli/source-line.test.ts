import { expect, it } from "vitest";
import { sourceLine } from "../../src/cli/source-line.ts";

const caretUnder = (line: string, what: string): string | undefined => {
  const [, caret] = sourceLine(`a.lua:1: ${what}`, "a.lua", line)!.split("\n");
  return caret && line.slice(caret.indexOf("^") - "  1 | ".length);
};

it.each([
  ["print(a.b, a.b.c)", "attempt to index a nil value (field 'b')", "b.c)"],
  ["local b = a.b.c", "attempt to index a nil value (field 'b')", "b.c"],
  ['local b = a["b"].c', "attempt to index a nil value (field 'b')", 'b"].c'],
  ["x = f.x + x.y", "attempt to index a nil value (global 'x')", "x.y"],
  ["f = f(1)", "attempt to call a nil value (global 'f')", "f(1)"],
  ["s:s()", "attempt to call a nil value (method 's')", "s()"],
  ["s:s()", "attempt to index a nil value (local 's')", "s:s()"],
  ["return n .. n.n", "attempt to concatenate a nil value (field 'n')", "n"],
  ["return x + 1", "attempt to perform arithmetic on a nil value (global 'x')", "x + 1"],
  ["goto done", "no visible label 'done' for goto", "done"],
])("in %s, a caret is under the word of: %s", (line, what, under) => {
  expect(caretUnder(line, what)).toBe(under);
});

it.each([
  ["print(a.b.c, x.b.d)", "attempt to index a nil value (field 'b')"],
  ["return n + n", "attempt to perform arithmetic on a nil value (local 'n')"],
])("in %s, there is none where it is not clear which word is meant: %s", (line, what) => {
  expect(caretUnder(line, what)).toBeUndefined();
});
