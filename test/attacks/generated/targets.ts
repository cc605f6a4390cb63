/** Every function that a script can call: those of all modules, their handles' methods, and those of Lua's library. */
import { Host } from "../../../src/host/host.ts";
import { modules } from "../../../src/modules/index.ts";
import { handles } from "../../support/handles.ts";
import { stubs } from "../../support/stubs.ts";

export interface Target {
  /** As messages name it: `store.Store:get`. */
  readonly name: string;
  /** Lua that gives the function. */
  readonly f: string;
  /** Lua that gives what it is called on; absent for a function that is called with a dot. */
  readonly self?: string;
  /** How many arguments it takes, beside what it is called on. */
  readonly arity: number;
  /** The names of fields that tables of options have in its module. */
  readonly fields: readonly string[];
}

/** Lua that makes a handle of each type. */
const makers: Readonly<Record<string, string>> = {
  "channel.Case": "channel.new(1):case_send(1)",
  "channel.Channel": "channel.new(3)",
  error: 'errors.new{message = "m", kind = "INVALID", details = {a = 1}}',
  "events.Subscription": 'require("events").subscribe("a*")',
  "expr.Program": 'require("expr").compile("a + 1")',
  "json.Null": 'require("json").null',
  "funcs.Executor": 'require("funcs").new()',
  "logger.Logger": 'require("logger"):named("n")',
  "security.Actor": 'require("security").new_actor("a", {a = 1})',
  "security.Policy": 'require("security").policy("app:everything")',
  "security.Scope": 'require("security").new_scope()',
  "store.Iterator": 'require("store").get("app:cache"):each()',
  "store.Lock": 'require("store").get("app:cache"):lock("name", {wait = 0.01})',
  "store.Store": 'require("store").get("app:cache")',
  "text.Differ": 'require("text").diff.new()',
  "text.Regexp": 'require("text").regexp.compile("(a+)(b*)")',
  "time.Duration": 'require("time").parse_duration("90m")',
  "time.Location": 'require("time").fixed_zone("z", 60)',
  "time.Ticker": 'require("time").ticker("1ms")',
  "time.Time": 'require("time").now()',
  "time.Timer": 'require("time").timer("1ms")',
};

const fieldsOf = (module: string): readonly string[] =>
  stubs.filter((stub) => stub.module === module).flatMap(({ fields }) => [...fields.values()].flat());

function targetsOfModules(): Target[] {
  return modules.flatMap(({ name: module, members }) => {
    const fields = fieldsOf(module);
    const own = members.flatMap(({ name, params, mode, isMethod }): Target[] => {
      if (mode === undefined) return [];
      const table = `require("${module}")`;
      const call = { name: `${module}.${name}`, f: `${table}.${name}`, arity: params?.length ?? 0, fields };
      return [isMethod ? { ...call, self: table } : call];
    });
    const methods = (handles[module] ?? []).flatMap(({ name: handle, members: functions }) =>
      functions.flatMap(({ name, params, mode }): Target[] => {
        if (mode === undefined) return [];
        const maker = makers[handle];
        if (maker === undefined) throw new Error(`nothing here makes a ${handle}`);
        return [
          { name: `${handle}:${name}`, f: `(${maker}).${name}`, self: maker, arity: params?.length ?? 0, fields },
        ];
      }),
    );
    return [...own, ...methods];
  });
}

/** What else can be called: operators and conversions, which ask metamethods. */
const operators = ["x + y", "x .. y", "x < y", "x == y", "x[y]", "-x", "~x", "#x", "x // y", "x % y", "x << y", "x(y)"];

async function targetsOfLua(): Promise<Target[]> {
  await using host = await Host.open();
  const script = `
    local names = {}
    for name, value in pairs(_G) do
      if type(value) == "function" then names[#names + 1] = name end
      if type(value) == "table" and value ~= _G and value ~= errors and value ~= channel then
        for inner, f in pairs(value) do if type(f) == "function" then names[#names + 1] = name .. "." .. inner end end
      end
    end
    table.sort(names)
    return names`;
  const { value } = await host.run(script);
  return [
    ...(value as string[]).map((name) => ({ name, f: name, arity: 3, fields: [] })),
    ...operators.map((operator) => ({
      name: `the operator ${operator}`,
      f: `(function(x, y) return ${operator} end)`,
      arity: 2,
      fields: [],
    })),
    { name: "a numeric for", f: "(function(a, b, c) for i = a, b, c do end end)", arity: 3, fields: [] },
    { name: "a generic for", f: "(function(a, b, c) for k, v in a, b, c do end end)", arity: 3, fields: [] },
    { name: "for in pairs", f: "(function(a) for k, v in pairs(a) do end end)", arity: 1, fields: [] },
    { name: "an assignment", f: "(function(a, b, c) a[b] = c end)", arity: 3, fields: [] },
    { name: "a result", f: "(function(...) return ... end)", arity: 2, fields: [] },
    { name: "an error", f: "(function(a) error(a, 0) end)", arity: 1, fields: [] },
  ];
}

export const allTargets = async (): Promise<readonly Target[]> => [...targetsOfModules(), ...(await targetsOfLua())];
