import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeActor, makeAttributes } from "../../../src/security/actor.ts";
import { compileExpression, ExpressionProblem } from "../../../src/security/expression/expression.ts";

function problemOf(source: string): ExpressionProblem | undefined {
  try {
    compileExpression(source);
    return undefined;
  } catch (e) {
    if (e instanceof ExpressionProblem) return e;
    throw e;
  }
}

describe("an expression that makes no sense", () => {
  it.each<[string, number, string]>([
    ["", 0, "expected a value, got the end"],
    ["meta.key ==", 11, "expected a value, got the end"],
    ["meta.key == )", 12, 'expected a value, got ")"'],
    ["(meta.yes", 9, 'expected ")", got the end'],
    ["meta.yes meta.no", 9, 'expected an operator, or the end, got "meta"'],
    ["meta.yes ? true", 15, 'expected ":", got the end'],
    ["meta.", 5, "expected the name of a field, got the end"],
    ["meta[actor.id] == 1", 5, "expected the name of a field in quotes, or a position in a list"],
    ['meta.key == "open', 12, "this string is not closed; it needs a quote at its end"],
    ["meta.key == '\\q'", 12, "there is no escape \\q"],
    ["meta.key @ 1", 9, 'unexpected character "@"'],
    ["user.id == 1", 0, 'there is no field "user.id"; the fields are actor.id, actor.meta, action, resource and meta'],
    ["actor == 1", 0, 'there is no field "actor"'],
    ["actor.name == 1", 0, 'there is no field "actor.name"'],
    ["action.x == 1", 0, "action is a string and has no fields"],
    ["actor.id.x == 1", 0, "actor is a string and has no fields"],
    ["meta == 1", 0, "this is a whole mapping; name one of its fields"],
    ["size(meta.key) == 1", 0, 'there is no function "size"; the functions are len, lower, upper, any, all, none'],
    ["len() == 1", 0, "len takes 1 argument, got 0"],
    ["len(meta.a, meta.b) == 1", 0, "len takes 1 argument, got 2"],
    ["len(3) == 1", 4, '"len" needs a string or a list or a mapping, but this is a number'],
    ["meta.n + 1 == 2", 7, '"+": arithmetic is not part of policy expressions'],
    ["1 < meta.n < 3", 11, "comparisons can't be chained; join them with &&"],
    ["meta.n not == 1", 7, '"not" can\'t stand before "=="'],
    ["meta.n not 1", 11, "expected in, matches, contains, startsWith or endsWith"],
    ["'a' < 1", 6, '"<" needs a string, but this is a number'],
    ["meta.yes < true", 11, '"<" needs a number or a string, but this is a condition'],
    ["meta.key matches '('", 17, "not a pattern"],
    ["meta.key matches '(?=a)'", 17, "not a pattern"],
    ["meta.key startsWith 1", 20, '"startsWith" needs a string'],
    ["meta.key in 'abc'", 12, '"in" needs a list or a mapping, but this is a string'],
    ["any(meta.list, 1)", 15, '"any" needs a condition, but this is a number'],
    ["1 && true", 0, '"&&" needs a condition, but this is a number'],
    ["'text'", 0, "this is not a condition: it is never true or false"],
    ["len(meta.key)", 0, "this is not a condition"],
    ["# == 1", 0, '"#" stands for an element, and only in any, all and none'],
    [".role == 1", 0, '"." stands for an element, and only in any, all and none'],
    ["let x = 1; x", 0, '"let": variables are not part of policy expressions'],
    ["1..3 == 1", 1, '"..": ranges are not part of policy expressions'],
    ["{a: 1} == 1", 0, '"{": maps are not part of policy expressions'],
  ])("%s: character %i: %s", (source, offset, message) => {
    const problem = problemOf(source);
    expect(problem?.message).toContain(message);
    expect(problem?.offset).toBe(offset);
  });

  it("may be no longer than 4000 characters, and nested no deeper than 64 levels", () => {
    expect(problemOf(`true ${" ".repeat(4000)}`)?.message).toContain("at most 4000 characters");
    expect(problemOf(`${"(".repeat(63)}true${")".repeat(63)}`)).toBeUndefined();
    for (const open of ["(", "!", "not ", "[", "any(meta.a, ", "true ? ", "-"]) {
      expect(problemOf(open.repeat(1000).slice(0, 3999))).toBeInstanceOf(ExpressionProblem);
    }
    expect(problemOf(Array(400).fill("meta.a").join(" || "))).toBeUndefined();
  });
});

describe("whatever the text", () => {
  const words = fc.constantFrom(
    ..."true false nil meta meta.key actor.id action # . ?. ( ) [ ] { } , : ? ?? == != < && || ! and or not in matches contains len any all none lower 1 'a' \"b\" `c` - + 0x1 // /* */".split(
      " ",
    ),
  );
  const source = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.array(words, { maxLength: 15 }).map((list) => list.join(" ")),
  );
  const facts = { actor: makeActor("a"), action: "x", resource: "y", meta: makeAttributes({ key: "k", a: [1] }) };

  it("it compiles, or is a problem with a place in it; and what compiles has an outcome", () => {
    fc.assert(
      fc.property(source, (text) => {
        const problem = problemOf(text);
        if (problem === undefined) expect([true, false, "error"]).toContain(compileExpression(text).test(facts));
        else {
          expect(problem.offset).toBeGreaterThanOrEqual(0);
          expect(problem.offset).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 5000 },
    );
  });
});

describe("hostile data", () => {
  const test = (expression: string, meta: object) =>
    compileExpression(expression).test({ actor: undefined, action: "a", resource: "b", meta: makeAttributes(meta) });

  it("in nested predicates is looked at a bounded number of times", () => {
    const list = Array.from({ length: 5000 }, (_, i) => i);
    expect(test("any(meta.a, any(meta.a, any(meta.a, # < 0)))", { a: list })).toBe("error");
    expect(test("any(meta.a, # == 4999)", { a: list })).toBe(true);
  });

  it("does not make a pattern backtrack", () => {
    expect(test("meta.text matches '^(a+)+$'", { text: `${"a".repeat(50_000)}!` })).toBe(false);
  });

  it("can't be a pattern that does harm", () => {
    expect(test("meta.text matches meta.pattern", { text: "a".repeat(5000), pattern: `${"(a*)*".repeat(50)}b` })).toBe(
      false,
    );
    expect(test("meta.text matches meta.pattern", { text: "a", pattern: "(".repeat(5000) })).toBe("error");
  });
});
