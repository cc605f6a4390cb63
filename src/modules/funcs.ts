/** `require("funcs")`: calls of the registry's functions, as this script or under less than it has. */

import { MoonkeepError } from "../errors.ts";
import { isNil, type Param, plainOf, rest, typeOf } from "../lua/boundary/arg.ts";
import { defineHandle, type HandleDescription } from "../lua/boundary/handle.ts";
import { Refused } from "../lua/boundary/marshal.ts";
import { callsRun, defineModule, fn, type Module, plain } from "../lua/boundary/module.ts";
import { noAttributes } from "../security/actor.ts";
import type { Eventually } from "../value/eventually.ts";
import { sizeOfPlain } from "../value/js.ts";
import { ByteString, type Bytes, Float, type Milliseconds, sizeOf, Table, type Value } from "../value/value.ts";
import type { Call, Going } from "./call.ts";
import { mergeContext } from "./context.ts";
import {
  callTimeout,
  functionIdRequired,
  notAFunctionId,
  notAValueName,
  notInContextValues,
  notPassable,
  unknownCallOption,
  valuesNotTable,
} from "./errors.ts";
import { readAll, word } from "./params.ts";
import { type ActorHandle, actorParam, type ScopeHandle, scopeParam } from "./security.ts";

const invalid = (message: string) => new MoonkeepError("INVALID", message);

/** @throws PERMISSION_DENIED with this message */
function ask(call: Call, action: string, resource: string, message: string): void {
  if (!call.permission(action, resource).allows(noAttributes)) throw call.denied(message, action, resource);
}

/** How functions are called. Immutable: each method gives another one. */
class Executor {
  /** What goes with its calls, and was given by the script. */
  get bytes(): Bytes {
    const { context, actor } = this.#going;
    return (
      this.#scopeBytes +
      (context === undefined ? 0 : sizeOf(context)) +
      (actor === undefined ? 0 : sizeOfPlain([actor.id, actor.meta]))
    );
  }

  readonly #call: Call;
  readonly #going: Going;
  readonly #scopeBytes: Bytes;

  constructor(call: Call, going: Going = {}, scopeBytes: Bytes = 0) {
    this.#call = call;
    this.#going = going;
    this.#scopeBytes = scopeBytes;
  }

  withContext(values: Table): Executor {
    ask(this.#call, "funcs.context", "context", "not allowed to set the context of a call");
    return this.#with({ context: mergeContext(this.#going.context, values) });
  }

  withActor({ actor }: ActorHandle): Executor {
    ask(this.#call, "funcs.security", "security", "not allowed to call as another actor");
    return this.#with({ actor });
  }

  withScope(handle: ScopeHandle): Executor {
    ask(this.#call, "funcs.security", "security", "not allowed to call under another scope");
    return this.#with({ scope: () => handle.scope }, handle.bytes);
  }

  withOptions({ timeout }: Options): Executor {
    return this.#with({ timeout });
  }

  call(id: string, args: readonly (Value | undefined)[]): Eventually<Value | undefined> {
    return callFunction(this.#call, id, args, this.#going);
  }

  #with(going: Going, scopeBytes: Bytes = this.#scopeBytes): Executor {
    return new Executor(this.#call, { ...this.#going, ...going }, scopeBytes);
  }
}

function callFunction(
  call: Call,
  id: string,
  args: readonly (Value | undefined)[],
  going: Going = {},
): Eventually<Value | undefined> {
  ask(call, "funcs.call", id, `not allowed to call function: ${id}`);
  return call.invoke(id, args, going);
}

// ---- parameters ----

const functionId: Param<string> = {
  name: "id",
  type: "string",
  optional: false,
  read(arg) {
    if (isNil(arg)) throw invalid(functionIdRequired);
    const id = word("function id").read(arg);
    const at = id.indexOf(":");
    if (at > 0 && at < id.length - 1) return id;
    throw invalid(notAFunctionId(id));
  },
};

const argument: Param<Value | undefined> = {
  name: "argument",
  type: "any",
  optional: true,
  read(arg) {
    try {
      return plainOf(arg);
    } catch (e) {
      throw e instanceof Refused ? invalid(notPassable(e.place("argument"), e.what)) : e;
    }
  },
};

/** Names and values. An empty table is none of either. */
const values: Param<Table> = {
  name: "values",
  type: "table",
  optional: false,
  read(arg) {
    try {
      const table = plainOf(arg);
      if (!(table instanceof Table)) throw invalid(valuesNotTable(typeOf(arg)));
      readAll(table);
      const stray = table.items.length > 0 ? 1 : table.keys.find((key) => !(key instanceof ByteString));
      if (stray === undefined) return table;
      throw invalid(notAValueName(String(stray).slice(0, 60)));
    } catch (e) {
      throw e instanceof Refused ? invalid(notInContextValues(e.place("values"), e.what)) : e;
    }
  },
};

interface Options {
  readonly timeout?: Milliseconds | undefined;
}

const options: Param<Options> = {
  name: "options",
  type: "table",
  optional: false,
  read(arg) {
    const table = values.read(arg);
    const stray = table.keys.find((key) => String(key) !== "timeout");
    if (stray !== undefined) throw invalid(unknownCallOption(String(stray).slice(0, 60)));
    const [given] = table.values;
    if (given === undefined) return {};
    const timeout = given instanceof Float ? given.value : given;
    if (typeof timeout === "number" && timeout > 0) return { timeout };
    throw invalid(callTimeout);
  },
};

// ---- the module ----

export const executorHandle: HandleDescription = defineHandle(
  "funcs.Executor",
  Executor,
  {},
  {
    functions: {
      with_context: fn([values], (executor: Executor, given) => executor.withContext(given)),
      with_actor: fn([actorParam], (executor: Executor, actor) => executor.withActor(actor)),
      with_scope: fn([scopeParam], (executor: Executor, scope) => executor.withScope(scope)),
      with_options: fn([options], (executor: Executor, given) => executor.withOptions(given)),
      call: callsRun(fn([functionId, rest(argument)], (executor: Executor, id, args) => executor.call(id, args))),
    },
    bytes: ({ bytes }) => bytes,
  },
);

export const funcsModule: Module = defineModule("funcs", {
  call: callsRun(fn([functionId, rest(argument)], (call: Call, id, args) => callFunction(call, id, args))),
  new: plain([], (call: Call) => new Executor(call)),
});
