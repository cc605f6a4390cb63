import { commentNotClosed, stringNotClosed, unexpectedCharacter, unknownEscape } from "./errors.ts";
import { ExpressionProblem, quoted } from "./problem.ts";

/** A word or sign of an expression. `text` of a string is what it stands for. */
export interface Token {
  readonly kind: "number" | "string" | "name" | "sign" | "end";
  readonly text: string;
  readonly offset: number;
}

const signs = "?? ?. == != <= >= && || .. ** < > ! ? : . , ( ) [ ] { } # + - * / % ^ | & ; =".split(" ");
const name = /[A-Za-z_$][\w$]*/y;
const number = /0[xX][0-9a-fA-F_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][+-]?\d+)?/y;
const skipped = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const string = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`([^`]*)`/y;
const escaped = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/g;
const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", v: "\v", a: "\x07" };

/** @throws ExpressionProblem for a character that begins nothing, and a text that does not end */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = skip(source, 0); at < source.length; at = skip(source, at)) {
    const [token, end] = next(source, at);
    tokens.push(token);
    at = end;
  }
  tokens.push({ kind: "end", text: "", offset: source.length });
  return tokens;
}

function match(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

const skip = (source: string, at: number): number => at + (match(skipped, source, at)?.[0].length ?? 0);

function next(source: string, offset: number): [Token, number] {
  const word = match(name, source, offset)?.[0];
  if (word !== undefined) return [{ kind: "name", text: word, offset }, offset + word.length];
  const digits = match(number, source, offset)?.[0];
  if (digits !== undefined) return [{ kind: "number", text: digits, offset }, offset + digits.length];
  const literal = match(string, source, offset);
  if (literal !== null) {
    const [all, double, single, raw] = literal;
    const text = raw ?? plainText((double ?? single)!, offset);
    return [{ kind: "string", text, offset }, offset + all.length];
  }
  if (source.startsWith("/*", offset)) throw new ExpressionProblem(commentNotClosed, offset);
  const sign = signs.find((known) => source.startsWith(known, offset));
  if (sign !== undefined) return [{ kind: "sign", text: sign, offset }, offset + sign.length];
  const character = String.fromCodePoint(source.codePointAt(offset)!);
  const isQuote = `"'\``.includes(character);
  throw new ExpressionProblem(isQuote ? stringNotClosed : unexpectedCharacter(quoted(character)), offset);
}

function plainText(text: string, offset: number): string {
  return text.replace(escaped, (_all, hex: string | undefined, unicode: string | undefined, letter: string) => {
    const code = hex ?? unicode;
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    if (Object.hasOwn(escapes, letter)) return escapes[letter]!;
    if (/[\\"'`/]/.test(letter)) return letter;
    throw new ExpressionProblem(unknownEscape(quoted(letter).slice(1, -1)), offset);
  });
}
