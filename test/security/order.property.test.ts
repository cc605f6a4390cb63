import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeAttributes } from "../../src/security/actor.ts";
import { compileCondition } from "../../src/security/condition.ts";
import { compileExpression } from "../../src/security/expression/expression.ts";
import { toText } from "../../src/value/bytes.ts";

/** Bytes as scripts have them: texts, of all planes, with bytes that are none in between. */
const part = fc.oneof(
  fc.constantFrom("a", "é", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}").map((text) => Buffer.from(text)),
  fc.string({ unit: "binary", maxLength: 2 }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 2 }).map((bytes) => Buffer.from(bytes)),
);
const bytes = fc.array(part, { maxLength: 3 }).map((parts) => Buffer.concat(parts));
const pair = fc.tuple(bytes, bytes, bytes).map(([head, a, b]) => [Buffer.concat([head, a]), Buffer.concat([head, b])]);

const operators = { lt: "<", lte: "<=", gt: ">", gte: ">=" } as const;
const expected = { lt: [-1], lte: [-1, 0], gt: [1], gte: [1, 0] } as const;

describe.each(Object.keys(operators) as (keyof typeof operators)[])("%s of two texts", (operator) => {
  const condition = compileCondition({ field: "meta.a", operator, value_from: "meta.b" });
  const expression = compileExpression(`meta.a ${operators[operator]} meta.b`);

  it("is that of their bytes", () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const meta = makeAttributes({ a: toText(a!), b: toText(b!) });
        const facts = { actor: undefined, action: "x", resource: "y", meta };
        const holds = (expected[operator] as readonly number[]).includes(Buffer.compare(a!, b!));
        expect([condition.test(facts), expression.test(facts)]).toEqual([holds, holds]);
      }),
      { numRuns: 2000 },
    );
  });
});
