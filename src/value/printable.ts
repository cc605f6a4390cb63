/**
 * Text from elsewhere, made harmless for a terminal and for whoever reads it: what does not show, or changes how the
 * rest shows, is written as an escape. These are Unicode's control and format characters (`\x1b`, `\u{202e}`), its
 * separators of lines and paragraphs, halves of surrogate pairs, and bytes that are not UTF-8, as value/bytes.ts keeps
 * them in text.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const hex = (n: number, digits: number) => n.toString(16).padStart(digits, "0");

/** As Lua writes such a character or byte in a string. */
export function escapeOf(c: string): string {
  const code = c.codePointAt(0)!;
  if (code < 0x80) return `\\x${hex(code, 2)}`;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code & 0xff, 2)}`;
  return code >= 0xd800 && code <= 0xdfff ? "\ufffd" : `\\u{${hex(code, 1)}}`;
}

/** With its line feeds and tabs: for the text of an error, which may have several lines. */
export const printable = (text: string): string =>
  text.replace(unprintable, (c) => (c === "\n" || c === "\t" ? c : escapeOf(c)));

/** On one line, so that it can't pass for a line of anybody else. */
export const oneLine = (text: string): string =>
  text.replace(unprintable, (c) => (c === "\n" ? "\\n" : c === "\t" ? "\\t" : escapeOf(c)));

/** The same JSON, with JSON's own escapes. Line feeds are kept: in JSON they stand between values. */
export const printableJson = (json: string): string =>
  json.replace(unprintable, (c) =>
    c === "\n"
      ? c
      : unitsOf(c)
          .map((unit) => `\\u${hex(unit, 4)}`)
          .join(""),
  );

const unitsOf = (c: string) => Array.from({ length: c.length }, (_, i) => c.charCodeAt(i));
