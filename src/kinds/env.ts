/** What scripts may know of the environment: variables, each declared, and where their values are. */

import type { Variable } from "../modules/call.ts";
import { defineKind } from "../registry/kind.ts";
import { custom, fields, flag, optional, record, ref, text } from "../registry/schema.ts";
import { badVariableName } from "./errors.ts";
import type { Opened, Opening } from "./opened.ts";

/** Where values are, by their names. */
export interface Storage {
  get(name: string): string | undefined;
  /** Absent where nothing can be written. */
  set?(name: string, value: string): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

const ofProcess = (env: Environment): Storage => ({
  get: (name) => (Object.hasOwn(env, name) ? env[name] : undefined),
});

export const envStorageOs = defineKind({
  name: "env.storage.os",
  summary: "the environment of the process; scripts can't change it",
  schema: fields({}),
  open: (_, { env }: Opening): Opened => ({ value: ofProcess(env) }),
});

export const envStorageStatic = defineKind({
  name: "env.storage.static",
  summary: "values in the registry; scripts can't change them",
  schema: fields({ values: record(text({ empty: true }), { description: "values by name" }) }),
  open: ({ config }): Opened => ({ value: ofProcess(config.values) }),
});

export const envStorageMemory = defineKind({
  name: "env.storage.memory",
  summary: "values that scripts set; they are lost when the process ends",
  schema: fields({}),
  open(): Opened {
    const values = new Map<string, string>();
    const storage: Storage = { get: (name) => values.get(name), set: (name, value) => void values.set(name, value) };
    return { value: storage };
  },
});

const variableName = custom(text({ description: "the name that scripts use" }), (name, report) => {
  if (!/^[A-Za-z0-9_]+$/.test(name)) report(badVariableName, []);
  return name;
});

export const envVariable = defineKind({
  name: "env.variable",
  summary: "a variable that scripts may read if the policies allow it",
  schema: fields({
    variable: optional(variableName),
    storage: optional(
      ref(["env.storage.*"], { description: "where the value is stored; default: the environment of the process" }),
    ),
    default: optional(text({ empty: true, description: "the value if no value is set" })),
    readonly: optional(flag({ description: "whether scripts are not allowed to set it" }), false),
  }),
  open({ id, config }, { env, use }: Opening): Opened & { readonly value: Variable } {
    const storage = config.storage === undefined ? ofProcess(env) : use<Storage>(config.storage);
    const key = config.variable ?? id.slice(id.indexOf(":") + 1);
    const value: Variable = {
      name: config.variable,
      get: () => storage.get(key) ?? config.default,
      set: config.readonly || storage.set === undefined ? undefined : (text) => storage.set!(key, text),
    };
    return { value };
  },
});
