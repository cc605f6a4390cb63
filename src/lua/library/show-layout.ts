/** Lays out what is shown of tables: on one line while that fits, else an entry a line; short values fill lines. */

/** A text, or the entries of a table. */
export type Node = string | Group;

export interface Group {
  readonly parts: readonly Part[];
}

interface Part {
  /** With what stands between it and the value: `name = `, or nothing. */
  readonly label: string;
  readonly value: Node;
}

/** @param width columns of a line */
export function layOut(node: Node, width: number, indent = "", before = 0): string {
  const line = flat(node);
  if (typeof node === "string" || indent.length + before + line.length <= width) return line;
  const inner = `${indent}  `;
  const isList = node.parts.every(({ label, value }) => label === "" && typeof value === "string");
  const lines = isList
    ? filled(node, width - inner.length)
    : node.parts.map(({ label, value }) => label + layOut(value, width, inner, label.length + 1));
  return `{\n${inner}${lines.join(`,\n${inner}`)}\n${indent}}`;
}

function flat(node: Node): string {
  return typeof node === "string" ? node : `{${node.parts.map(({ label, value }) => label + flat(value)).join(", ")}}`;
}

/** As many values on each line as fit. */
function filled({ parts }: Group, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const { value } of parts) {
    const text = value as string;
    const longer = line === "" ? text : `${line}, ${text}`;
    if (line === "" || longer.length < width) line = longer;
    else {
      lines.push(line);
      line = text;
    }
  }
  return [...lines, line];
}
