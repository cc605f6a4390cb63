/** `moonkeep docs`: the pages of the package, whole, or the part of one that is about a name. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nearest } from "../value/nearest.ts";
import { noPage } from "./errors.ts";
import { type ExitCode, exit } from "./exit.ts";
import { Output } from "./output.ts";

export const docsFolder = fileURLToPath(new URL("../../docs", import.meta.url));
const stubsFolder = fileURLToPath(new URL("../../lua/library", import.meta.url));
/** The module of test files, which is its own stub; its page is about `moonkeep test`. */
const testModule = fileURLToPath(new URL("../../lua/testing/test.lua", import.meta.url));
const TEST = { module: "test", page: "testing" };

/** The pages, and the modules of Lua, by their names. */
function pages(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const folder of ["modules", "."]) {
    for (const file of readdirSync(join(docsFolder, folder))) {
      if (file.endsWith(".md")) found.set(basename(file, ".md"), join(docsFolder, folder, file));
    }
  }
  return found;
}

/** @param topic `stores`, `time`, or a function such as `store.put`; undefined: which pages there are */
export function docs(topic: string | undefined): ExitCode {
  const out = new Output(1, false);
  out.line(topic === undefined ? list() : textOf(topic));
  out.flush();
  return exit.done;
}

const list = (): string =>
  [...pages()]
    .map(([name, file]) => `${name.padEnd(14)}${subjectOf(name, readFileSync(file, "utf8"))}`.trimEnd())
    .sort()
    .join("\n");

/** The heading of a page; for a module, whose heading is its name, the first sentence behind its `require`. */
function subjectOf(name: string, page: string): string {
  const heading = /^# (.*)$/m.exec(page)?.[1] ?? "";
  return heading === name ? (/^`require\(.*?\)`: (.*?)\.(?: |$)/m.exec(page)?.[1] ?? heading) : heading;
}

/** @throws UsageError */
function textOf(topic: string): string {
  const page = pages().get(topic === TEST.module ? TEST.page : topic);
  if (page !== undefined) return readFileSync(page, "utf8").trimEnd();
  const [module = "", name] = topic.split(/[.:](?=[^.:]*$)/);
  const described = name === undefined ? undefined : (functionsOf(module, name) ?? classOf(module, topic));
  if (described !== undefined) return described;
  throw noPage(topic, nearest(topic, [...pages().keys(), ...namesIn(module)]));
}

/** The functions that the stub of a module describes, as they are asked for. */
function namesIn(module: string): readonly string[] {
  const stub = stubOf(module);
  if (stub === undefined) return [];
  const names = [...stub.matchAll(/^function [^\s(]*?[.:](\w+)\(/gm)].map(([, name]) => `${module}.${name}`);
  return [...new Set(names)];
}

function stubOf(module: string): string | undefined {
  if (module.split(".")[0] === TEST.module) return readFileSync(testModule, "utf8");
  const file = readdirSync(stubsFolder).find((one) => one === `${module.split(".")[0]}.lua`);
  return file === undefined ? undefined : readFileSync(join(stubsFolder, file), "utf8");
}

/** What the stub of a module says of functions of a name, whatever they belong to. */
function functionsOf(module: string, name: string): string | undefined {
  const found = stubOf(module)
    ?.split(/\n\n+/)
    .filter((part) => new RegExp(`^function \\S*[.:]${name.replace(/\W/g, "")}\\(`, "m").test(part));
  return found === undefined || found.length === 0 ? undefined : found.map(asText).join("\n\n");
}

/** What the stub of a module says of a class, such as `time.Duration`, with the heads of its methods. */
function classOf(module: string, name: string): string | undefined {
  const stub = stubOf(module) ?? "";
  const part = stub
    .split(/\n\n+/)
    .find((one) =>
      one.split("\n").some((line) => line === `---@class ${name}` || line.startsWith(`---@class ${name}:`)),
    );
  if (part === undefined) return undefined;
  const [, variable] = /^local (\w+) = /m.exec(part) ?? [];
  const heads = [...stub.matchAll(/^function ((\w+)[.:]\w+\(.*?\))/gm)]
    .filter(([, , of]) => of === variable)
    .map(([, head]) => head);
  return [name, asText(part), ...heads].filter((one) => one !== "").join("\n");
}

/** A part of a stub as a person reads it. */
function asText(part: string): string {
  const lines = part.split("\n");
  const head = lines.filter((line) => line.startsWith("function ")).map((line) => line.slice(9).replace(/ end$/, ""));
  const rest = lines.filter((line) => line.startsWith("---")).map((line) => line.slice(3));
  return [...head, ...rest.map((line) => `  ${line.replace(/^@/, "")}`)].join("\n");
}
