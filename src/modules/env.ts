/** `require("env")`: the variables of the environment that the registry declares, as far as the policies let it. */

import { MoonkeepError } from "../errors.ts";
import { defineModule, fn, type Module } from "../lua/boundary/module.ts";
import { noAttributes } from "../security/actor.ts";
import { ByteString } from "../value/value.ts";
import type { Call, Variable } from "./call.ts";
import { noSuchVariable, variableDenied, variableNotSet, variableReadOnly } from "./errors.ts";
import { string, textOf, word } from "./params.ts";

/**
 * A variable by its name or by its entry's id. Policies know it by its name, where it has one. Where that is denied, the
 * answer is the one that there is for a variable that does not exist: what the policies say of the key as it was given.
 */
function find(call: Call, key: string, action: "env.get" | "env.set"): Variable {
  const variable = call.variable(key);
  const resource = variable?.name ?? key;
  const isAllowed = call.permission(action, resource).allows(noAttributes);
  if (isAllowed && variable !== undefined) return variable;
  const missing = new MoonkeepError("NOT_FOUND", noSuchVariable(key));
  if (isAllowed) throw missing;
  const message = variableDenied(action === "env.get" ? "read" : "write", key);
  const denied = call.denied(message, action, resource, noAttributes, key);
  throw resource !== key && call.can(action, key, noAttributes) ? missing : denied;
}

function get(call: Call, key: string): ByteString {
  const value = find(call, key, "env.get").get();
  if (value === undefined) throw new MoonkeepError("NOT_FOUND", variableNotSet(key));
  return ByteString.fromText(value);
}

function set(call: Call, key: string, value: ByteString): boolean {
  const variable = find(call, key, "env.set");
  if (variable.set === undefined) throw new MoonkeepError("PERMISSION_DENIED", variableReadOnly(key));
  call.allowances.storeBytes.spend(key.length + value.length);
  variable.set(textOf(value));
  return true;
}

/** Those that are set, have a name, and may be read. What may not is left out, and is not a denial. */
function getAll(call: Call): Map<string, ByteString> {
  const found = new Map<string, ByteString>();
  for (const variable of call.variables()) {
    const { name } = variable;
    const value = name !== undefined && call.can("env.get", name, noAttributes) ? variable.get() : undefined;
    if (value !== undefined) found.set(name!, ByteString.fromText(value));
  }
  return found;
}

export const envModule: Module = defineModule("env", {
  get: fn([word("key")], get),
  set: fn([word("key"), string("value")], set),
  get_all: fn([], getAll),
});
