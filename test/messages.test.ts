import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

/*
 * Each message that a person can meet has its home in the errors.ts of its folder. So no text in words is given to the
 * constructor of an error, or to a function that makes or throws one, anywhere else. A noun of up to four words with its
 * article, `a whole number`, is a part of a message and may stay where it is.
 */

const src = join(import.meta.dirname, "../src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith("errors.ts") && !file.endsWith(".generated.ts"))
  .sort();
const sources = files.map((file) =>
  ts.createSourceFile(file, readFileSync(join(src, file), "utf8"), ts.ScriptTarget.Latest, true),
);

const isErrorName = (name: string) => /(?:Error|Problem|BadMessage)$/.test(name);

/** Methods that collect what is wrong, and say so in no type. */
const collectors = ["report", "problem", "fail", "refuse", "wrong", "complain"];

/** Functions of an errors.ts that raise a message of whoever calls them. */
const raisers = ["runError", "arithmeticError"];

/** Functions that say around a noun, which they are given, that something else was expected. */
const takeNouns = ["wrongType", "mismatch", "unexpected"];

/** `run` of `this.#run(…)`, `run(…)` and `it.run(…)`. */
function calledName(callee: ts.Node): string {
  const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : ts.isIdentifier(callee) ? callee.text : "";
  return name.replace("#", "");
}

/** Functions whose type says that they make an error, or never return. */
function makersIn(node: ts.Node, found: Set<string>): void {
  const makes = (f: ts.SignatureDeclaration & { readonly body?: ts.Node | undefined }) =>
    f.type?.kind === ts.SyntaxKind.NeverKeyword ||
    (f.type !== undefined && isErrorName(f.type.getText())) ||
    (f.body !== undefined && ts.isNewExpression(f.body) && isErrorName(f.body.expression.getText()));
  if ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && node.name !== undefined && makes(node)) {
    found.add(node.name.getText().replace("#", ""));
  }
  const { initializer: value } = ts.isVariableDeclaration(node) ? node : { initializer: undefined };
  if (value !== undefined && ts.isArrowFunction(value) && makes(value)) {
    found.add((node as ts.VariableDeclaration).name.getText());
  }
  ts.forEachChild(node, (child) => makersIn(child, found));
}

/** The texts in words among what an argument can be. */
function wordsIn(node: ts.Node): ts.Node[] {
  if (ts.isStringLiteralLike(node)) return isMessage(node.text) ? [node] : [];
  if (ts.isTemplateExpression(node)) {
    const text = node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
    return isMessage(text) ? [node] : [];
  }
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].flatMap(wordsIn);
  if (ts.isBinaryExpression(node)) return [node.left, node.right].flatMap(wordsIn);
  return ts.isParenthesizedExpression(node) ? wordsIn(node.expression) : [];
}

const isMessage = (text: string) => /[a-z]['"]? \S|\S ['"]?[a-z]/i.test(text) && !isNoun(text);

/** `a whole number`, and not `a run has ended`. */
const isNoun = (text: string) =>
  /^(?:an?|the)(?: (?!(?:is|are|was|were|has|have|had|can|must|may|needs)\b)[\w-]+){1,3}$/.test(text);

/** Line and text of each message of a file that has no home. */
function strayMessages(source: ts.SourceFile, makers: ReadonlySet<string>): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const makesError =
      (ts.isNewExpression(node) && isErrorName(node.expression.getText())) ||
      (ts.isCallExpression(node) && makers.has(calledName(node.expression)));
    if (makesError) {
      for (const text of (node.arguments ?? []).flatMap(wordsIn)) {
        const { line } = source.getLineAndCharacterOfPosition(text.getStart());
        found.push(`${source.fileName}:${line + 1}: ${text.getText()}`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const makers = new Set([...collectors, ...raisers]);
for (const source of sources) makersIn(source, makers);
for (const name of takeNouns) makers.delete(name);

test("each message is in an errors.ts", () => {
  const strays = sources.flatMap((source) => strayMessages(source, makers));
  expect(strays).toEqual([]);
});

test("a message is found wherever it is given to an error", () => {
  const source = ts.createSourceFile(
    "example.ts",
    [
      'throw new TypeError("key is required");',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of a template
      "fail(L, isLong ? `${n} is too long` : short);",
      'const gone = (what: string) => new MoonkeepError("NOT_FOUND", what);',
      'throw gone("it is gone");',
      'throw wrong("a whole number");',
      "throw wrong(tooLong(n));",
    ].join("\n"),
    ts.ScriptTarget.Latest,
    true,
  );
  const found = new Set(collectors);
  makersIn(source, found);
  expect(strayMessages(source, found)).toEqual([
    'example.ts:1: "key is required"',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of a template
    "example.ts:2: `${n} is too long`",
    'example.ts:4: "it is gone"',
  ]);
});
