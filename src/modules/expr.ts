/** `require("expr")`: the expression language of policies, over data of a script's own. No code runs, and no loop. */

import { MoonkeepError } from "../errors.ts";
import { type Arg, isNil, type Param, plainToCopyOf, stringOf, typeOf } from "../lua/boundary/arg.ts";
import { defineHandle, type HandleDescription } from "../lua/boundary/handle.ts";
import { Refused } from "../lua/boundary/marshal.ts";
import { defineModule, fn, type Module, plain } from "../lua/boundary/module.ts";
import { work } from "../lua/meter/meter.ts";
import type { Attributes, Data } from "../security/actor.ts";
import { compileFormula, ExpressionProblem, failed } from "../security/expression/expression.ts";
import { TextCache } from "../value/cache.ts";
import { fromJs } from "../value/js.ts";
import { sizeOf, Table } from "../value/value.ts";
import { toData } from "./data.ts";
import {
  emptyExpression,
  envNotTable,
  expressionNotString,
  expressionProblem,
  expressionTooLong,
  notEvaluated,
  notPlainData,
} from "./errors.ts";

const invalid = (message: string) => new MoonkeepError("INVALID", message);

type Formula = (data: Attributes) => Data | undefined | typeof failed;

/** An expression in the hands of a script. */
class Program {
  readonly source: string;
  readonly #formula: Formula;

  constructor(source: string) {
    this.source = source;
    this.#formula = compiled(source);
  }

  run(env: Attributes): unknown {
    const value = this.#formula(env);
    if (value === failed) throw invalid(notEvaluated);
    return fromJs(value, "expression", "module");
  }
}

/** Steps of the VM that an expression is, before it has looked at any list. */
const STEPS = 20;
const STEPS_TO_COMPILE_A_CHARACTER = 5;

const known = new TextCache<Formula>({ most: 1000, bytes: 4 << 20, weight: 20 });

function compiled(source: string): Formula {
  const one = known.get(source);
  if (one !== undefined) return one;
  work(Math.min(source.length, 4000) * STEPS_TO_COMPILE_A_CHARACTER);
  try {
    const formula = compileFormula(source);
    known.set(source, formula);
    return formula;
  } catch (e) {
    throw e instanceof ExpressionProblem ? invalid(expressionProblem(e.message, e.offset + 1)) : e;
  }
}

/** An expression has at most 4000 characters; whoever gives more bytes than those can have is told without a look at them. */
const MAX_BYTES = 16_000;

const expression: Param<string> = {
  name: "expression",
  type: "string",
  optional: false,
  read(arg) {
    const given = stringOf(arg);
    if (given === undefined) throw invalid(expressionNotString(typeOf(arg)));
    if (given.length > MAX_BYTES) throw invalid(expressionTooLong(MAX_BYTES, given.length));
    const source = given.toString();
    if (source.trim() === "") throw invalid(emptyExpression);
    return source;
  },
};

/** The names that an expression may use, with their values. */
const env: Param<Attributes> = {
  name: "env",
  type: "table",
  optional: true,
  read(arg: Arg) {
    if (isNil(arg)) return {};
    try {
      const given = plainToCopyOf(arg);
      if (!(given instanceof Table)) throw invalid(envNotTable(typeOf(arg)));
      work(STEPS + sizeOf(given) / 16);
      const data = toData(given);
      return Array.isArray(data) ? {} : (data as Attributes);
    } catch (e) {
      throw e instanceof Refused ? invalid(notPlainData(e.place("env"), e.what)) : e;
    }
  },
};

export const programHandle: HandleDescription = defineHandle(
  "expr.Program",
  Program,
  { run: [env] },
  {
    functions: { source: plain([], (program: Program) => program.source) },
    tostring: ({ source }) => `expr.Program{${source}}`,
    bytes: ({ source }) => 1000 + 20 * source.length,
  },
);

export const exprModule: Module = defineModule("expr", {
  eval: fn([expression, env], (_, source, values) => new Program(source).run(values)),
  compile: fn([expression, env], (_, source) => new Program(source)),
});
