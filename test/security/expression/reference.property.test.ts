import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Data, makeActor, makeAttributes } from "../../../src/security/actor.ts";
import { compileExpression, ExpressionProblem } from "../../../src/security/expression/expression.ts";

/** The logic of expressions again, on trees and by tables: T, F, M (missing), E (error). */
type Truth = "T" | "F" | "M" | "E";
type Tree = readonly ["leaf", string] | readonly ["!", Tree] | readonly ["&&" | "||", Tree, Tree];

const leaves: Readonly<Record<string, Truth>> = {
  true: "T",
  "meta.yes": "T",
  "meta.n == 2": "T",
  "meta.nope == nil": "T",
  false: "F",
  "meta.no": "F",
  "meta.n > 2": "F",
  "meta.nope": "M",
  "meta.nope != 1": "M",
  "meta.nope startsWith 'x'": "M",
  "meta.n < 'x'": "E",
  "meta.n contains 1": "E",
};

const and: Readonly<Record<string, Truth>> = { TT: "T", TM: "M", MT: "M", MM: "M" };
const flip = { T: "F", F: "T", M: "M", E: "E" } as const;

function truth(tree: Tree): Truth {
  if (tree[0] === "leaf") return leaves[tree[1]]!;
  if (tree[0] === "!") return flip[truth(tree[1])];
  const [a, b] = [truth(tree[1]), truth(tree[2])];
  if (tree[0] === "||") return flip[conjunction(flip[a], flip[b])];
  return conjunction(a, b);
}

function conjunction(a: Truth, b: Truth): Truth {
  return a === "F" || b === "F" ? "F" : (and[a + b] ?? "E");
}

const show = (tree: Tree): string =>
  tree[0] === "leaf"
    ? `(${tree[1]})`
    : tree[0] === "!"
      ? `!${show(tree[1])}`
      : `(${show(tree[1])} ${tree[0]} ${show(tree[2])})`;

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(...Object.keys(leaves)).map((leaf): Tree => ["leaf", leaf]),
    tie("tree").map((inner): Tree => ["!", inner]),
    fc.tuple(fc.constantFrom("&&" as const, "||" as const), tie("tree"), tie("tree")),
  ),
}));

const actor = makeActor("a");
const test = (source: string, meta: { readonly [name: string]: Data }) =>
  compileExpression(source).test({ actor, action: "x", resource: "y", meta: makeAttributes(meta) });

describe("the logic of expressions", () => {
  it("is that of the tables, whatever the order", () => {
    const outcomes = { T: true, F: false, M: false, E: "error" } as const;
    fc.assert(
      fc.property(tree, (one) => {
        expect(test(show(one), { yes: true, no: false, n: 2 })).toBe(outcomes[truth(one)]);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("a field that is taken away", () => {
  const atoms = [
    "meta.a == 1",
    "meta.a != 1",
    "meta.a < 2",
    "meta.b in [1, 2]",
    "meta.b not in [1]",
    "meta.a == meta.b",
    "len(meta.c) > 1",
    "any(meta.c, # == 1)",
    "none(meta.c, # == 1)",
    "'x' in meta.c",
  ];
  const { rule } = fc.letrec<{ rule: string }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(...atoms),
      tie("rule").map((inner) => `!(${inner})`),
      fc.tuple(tie("rule"), fc.constantFrom("&&", "||"), tie("rule")).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(tie("rule"), tie("rule"), tie("rule")).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    ),
  }));
  const number = fc.integer({ min: 0, max: 3 });
  const data = fc.record({ a: number, b: number, c: fc.array(number, { maxLength: 3 }) });

  it("never turns what was not so into what is so", () => {
    fc.assert(
      fc.property(rule, data, fc.constantFrom("a", "b", "c"), (source, meta, taken) => {
        const { [taken]: _, ...rest } = meta as Record<string, Data>;
        if (test(source, meta) === false) expect(test(source, rest)).not.toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});

describe("an expression with a part cut out", () => {
  const whole = `actor.id == "svc" && (meta.key startsWith "svc:" || any(meta.tags, {# in ["a", 'b']})) && !(len(meta.key) > 3 ? true : meta.x ?? false)`;
  it("compiles, or says where it is wrong", () => {
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(20), fc.string({ maxLength: 3 }), (at, length, put) => {
        const source = whole.slice(0, at) + put + whole.slice(at + length);
        try {
          compileExpression(source);
        } catch (e) {
          expect(e).toBeInstanceOf(ExpressionProblem);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
