/** The cases of one file, each run in the same state, in a host of their own. */

import { MoonkeepError } from "../../errors.ts";
import { integer, optional } from "../../lua/boundary/arg.ts";
import { defineModule, fn, type Module } from "../../lua/boundary/module.ts";
import type { LocalCall } from "../../modules/call.ts";
import { options as table, word } from "../../modules/params.ts";
import { duration, millisecondsOf } from "../../modules/time/duration.ts";
import { compileExpressionPolicy, compilePolicy, type Policy, PolicyProblem } from "../../security/policy.ts";
import { toJs } from "../../value/js.ts";
import type { Milliseconds } from "../../value/value.ts";
import { Host, type HostOptions } from "../host.ts";
import type { CallOptions } from "../run-options.ts";
import type { ActingAs, Session } from "../session.ts";
import { testLibraries } from "../test-library.ts";
import { caseExited, clockBack, conditionsForm, effectForm, nestedCase, notTexts, unknownTestField } from "./errors.ts";
import { VirtualTime } from "./virtual-time.ts";

export { Coverage, type CoveredFile } from "../../lua/run/coverage.ts";

export interface TestFileOptions {
  /** Undefined: as a start without a registry. */
  readonly registry: string | undefined;
  readonly host: HostOptions;
  /** Who acts, under which limits, each time something is run. */
  acting(host: Host): CallOptions;
  /** As errors name the file. */
  readonly name: string;
  /** Where `require` finds files. */
  readonly root: string;
  readonly fileRead: (path: string) => void;
  readonly signal: AbortSignal;
}

/** A case of a file, before it runs. */
export interface TestCase {
  readonly name: string;
  readonly line: number;
}

/** How a case ended. */
export interface TestOutcome extends TestCase {
  /** Undefined: it passed. */
  readonly error: MoonkeepError | undefined;
  readonly milliseconds: Milliseconds;
}

export class TestFile implements AsyncDisposable {
  readonly cases: TestCase[] = [];
  readonly host: Host;
  readonly #time = new VirtualTime();
  readonly #session: Session;
  readonly #options: TestFileOptions;
  /** Who acts in the place of whoever the options say. */
  #acting: ActingAs | undefined;

  private constructor(host: Host, options: TestFileOptions) {
    this.host = host;
    this.#options = options;
    const { root, fileRead } = options;
    const libraries = testLibraries(this.#primitives());
    this.#session = host.session({ ...options.acting(host), root, fileRead, libraries });
  }

  /** @throws RegistryError */
  static async open(options: TestFileOptions): Promise<TestFile> {
    const { registry, host } = options;
    return new TestFile(
      registry === undefined ? await Host.openDefault(host) : await Host.open(registry, host),
      options,
    );
  }

  /** Runs the file itself, which says what its cases are. @throws what it fails with */
  async load(source: Uint8Array): Promise<void> {
    const { name, signal } = this.#options;
    await this.#session.run("require 'test.cases'", { name: "test" });
    try {
      await this.#session.run(source, { name, signal, interruptible: true });
    } catch (e) {
      throw withoutRunner(e);
    }
    this.#isLoaded = true;
  }

  #isLoaded = false;

  /** @param i which of the cases */
  async run(i: number): Promise<TestOutcome> {
    const begun = performance.now();
    const error = await this.#try(`require 'test.cases'.run(${i + 1})`);
    const afterwards = await this.#try("require 'test.cases'.finish()");
    if (this.#acting !== undefined) this.#become({});
    this.#acting = undefined;
    return { ...this.cases[i]!, error: error ?? afterwards, milliseconds: performance.now() - begun };
  }

  /** @returns what it failed with */
  async #try(code: string): Promise<MoonkeepError | undefined> {
    try {
      const { signal } = this.#options;
      const { exit } = await this.#session.run(code, { name: "test", signal, interruptible: true });
      return exit === undefined ? undefined : new MoonkeepError("CANCELED", caseExited);
    } catch (e) {
      if (!(e instanceof MoonkeepError)) throw e;
      return withoutRunner(e);
    }
  }

  #become(acting: ActingAs): void {
    this.#acting = acting;
    this.#session.renew(acting);
  }

  #primitives(): Module {
    return defineModule("test.host", {
      case: fn([word("name"), integer("line")], (_, name, line) => {
        if (this.#isLoaded) throw new MoonkeepError("INVALID", nestedCase);
        this.cases.push({ name, line });
        return true;
      }),
      advance: fn([duration], async (call: LocalCall, span) => {
        if (span.nanoseconds < 0) throw new MoonkeepError("INVALID", clockBack);
        let isOver = false;
        const forget = call.atEnd(() => {
          isOver = true;
        });
        await this.#time.advance(millisecondsOf(span), () => isOver);
        forget();
        return true;
      }),
      actor: fn([word("id"), optional(table)], (_, id, meta) => {
        const given = meta === undefined ? {} : (toJs(meta) as Readonly<Record<string, unknown>>);
        this.#become({ ...this.#acting, actor: { id, meta: given } });
        return true;
      }),
      policy: fn([table], (_, given) => {
        const also = [...(this.#acting?.also ?? []), policyOf(given && toJs(given), this.#policies++)];
        this.#become({ ...this.#acting, also });
        return true;
      }),
    });
  }

  #policies = 0;

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session.close();
    await this.host.close();
    this.#time[Symbol.dispose]();
  }
}

/** Leaves out of an error's traceback what is not the test's own code. */
function withoutRunner<E>(e: E): E {
  if (e instanceof MoonkeepError) e.luaStack = e.luaStack.filter(({ source }) => !/^test(\.\w+)?$/.test(source));
  return e;
}

const fields = ["actions", "resources", "effect", "conditions", "expression"];

/** @throws MoonkeepError INVALID for what is not a policy */
function policyOf(given: unknown, number: number): Policy {
  const invalid = (message: string) => new MoonkeepError("INVALID", `policy: ${message}`);
  const source = (given ?? {}) as Record<string, unknown>;
  const stray = Object.keys(source).find((field) => !fields.includes(field));
  if (stray !== undefined) throw invalid(unknownTestField(stray, fields.join(", ")));
  const { actions, resources, effect, conditions } = source;
  for (const [field, value] of Object.entries({ actions, resources })) {
    const isWords = [value].flat().every((one) => typeof one === "string" && one !== "") && [value].flat().length > 0;
    if (!isWords) throw invalid(notTexts(field));
  }
  if (effect !== "allow" && effect !== "deny") throw invalid(effectForm);
  if (conditions !== undefined && !Array.isArray(conditions)) throw invalid(conditionsForm);
  const policy = {
    ...source,
    actions: [actions].flat(),
    resources: [resources].flat(),
    id: `test:policy_${number + 1}`,
  };
  try {
    return "expression" in source ? compileExpressionPolicy(policy as never) : compilePolicy(policy as never);
  } catch (e) {
    throw e instanceof PolicyProblem ? invalid(e.message) : e;
  }
}
