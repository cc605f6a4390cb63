import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { modules } from "../../src/modules/index.ts";
import { project } from "../support/cli.ts";

const read = (file: string) => readFileSync(join(project, file), "utf8");

/** Those whose page is a chapter of another document. */
const elsewhere = new Set(["errors", "security", "store"]);
const documented = modules.filter(({ name }) => !elsewhere.has(name));

describe("docs/modules", () => {
  it("has a page for each module, and no other", () => {
    const pages = readdirSync(join(project, "docs/modules")).map((file) => file.replace(/\.md$/, ""));
    expect(pages.sort()).toEqual(documented.map(({ name }) => name).sort());
  });

  it("has no page that has the name of a page in docs: `moonkeep docs` shows one page for a name", () => {
    const both = documented
      .map(({ name }) => `${name}.md`)
      .filter((file) => readdirSync(join(project, "docs")).includes(file));
    expect(both).toEqual([]);
  });

  it("has a line for each module in its table", () => {
    const lines = [...read("docs/modules.md").matchAll(/^\| (?:\[(\w+)\]|`(\w+)`)/gm)].map(([, a, b]) => a ?? b);
    expect(lines).toEqual(modules.map(({ name }) => name).sort());
  });

  it.each(documented)("names everything that $name has", ({ name, members }) => {
    const page = read(`docs/modules/${name}.md`);
    const missing = members.filter(
      (member) => !new RegExp(`\\b${name}[.:]${member.name.replace(".", "\\.")}\\b`).test(page),
    );
    expect(missing.map((member) => member.name)).toEqual([]);
  });
});
