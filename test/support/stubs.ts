/** Reads the LuaCATS stubs: which functions they declare for which class, and how. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

const folder = join(import.meta.dirname, "../../lua/library");

export interface StubParam {
  readonly name: string;
  readonly optional: boolean;
  readonly type: string;
}

export interface StubFunction {
  /** `store.Store:get`, `store.get`. */
  readonly name: string;
  /** As the function's own line has them. */
  readonly params: readonly string[];
  /** As the comments above it have them. */
  readonly described: readonly StubParam[];
  readonly returns: readonly string[];
}

export interface Stub {
  readonly module: string;
  readonly text: string;
  readonly functions: readonly StubFunction[];
  /** The fields of classes that are tables of data, by class. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** Classes and aliases that it declares. */
  readonly types: ReadonlySet<string>;
  /** Types that its comments name. */
  readonly mentioned: ReadonlySet<string>;
}

/** Every stub that there is. */
export const stubs: readonly Stub[] = readdirSync(folder)
  .sort()
  .map((file) => read(basename(file, ".lua"), readFileSync(join(folder, file), "utf8")));

function read(module: string, text: string): Stub {
  const classes = new Map<string, string>();
  const functions: StubFunction[] = [];
  const fields = new Map<string, readonly string[]>();
  let comments: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("---")) {
      comments.push(line.slice(3));
      continue;
    }
    const [, declared] = tagged(comments, "class")[0]?.match(/^(\S+)/) ?? [];
    if (declared !== undefined) {
      const variable = line.match(/^(?:local )?(\w+) = \{\}$/)?.[1];
      if (variable !== undefined) classes.set(variable, declared);
      else
        fields.set(
          declared,
          tagged(comments, "field").map((field) => field.match(/^\w+/)![0]),
        );
    }
    const head = line.match(/^function (\w+)([.:])(\w+)\((.*)\) end$/);
    if (head !== null) functions.push(readFunction(head, classes, comments));
    comments = [];
  }
  const types = [...text.matchAll(/^---@(?:class|alias) (\S+)/gm)].map(([, name]) => name!);
  return { module, text, functions, fields, types: new Set(types), mentioned: new Set(mentionedIn(text)) };
}

function tagged(comments: readonly string[], tag: string): readonly string[] {
  return comments.filter((line) => line.startsWith(`@${tag} `)).map((line) => line.slice(tag.length + 2));
}

function readFunction(
  [, variable, separator, name, params]: RegExpMatchArray,
  classes: ReadonlyMap<string, string>,
  comments: readonly string[],
): StubFunction {
  return {
    name: `${classes.get(variable!)}${separator}${name}`,
    params: params === "" ? [] : params!.split(", "),
    described: tagged(comments, "param").map((line) => {
      const [, param, mark, type] = line.match(/^(\w+|\.\.\.)(\??) (\S+)/)!;
      return { name: param!, optional: mark === "?", type: type! };
    }),
    returns: tagged(comments, "return"),
  };
}

/** The names in what follows a tag, where a type stands. */
function mentionedIn(text: string): string[] {
  const places = text.matchAll(
    /^---@(?:param (?:\w+\??|\.\.\.)|field \w+\??|return|alias \S+|overload) ?(\S*(?:\([^)]*\)\S* ?\S*)?)/gm,
  );
  return [...places].flatMap(([, type]) => type!.replace(/"[^"]*"|\w+:|fun\b/g, " ").match(/[a-zA-Z][\w.]*/g) ?? []);
}
