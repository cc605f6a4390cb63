/** The prompt of the page: a session of the host, one piece of code after the other. */
import { MoonkeepError } from "../../errors.ts";
import type { PromptAnswer } from "../../inspect/api.ts";
import type { Host } from "../host.ts";
import type { Session } from "../session.ts";
import type { InspectOptions } from "./options.ts";

/** As errors name what was typed. */
const NAME = "prompt";
/** A page computes with the host, in its thread: what runs longer keeps everybody waiting. */
const TIMEOUT = "5s";
const MOST_PRINTED = 64 * 1024;
const MOST_VALUE = 16 * 1024;

export class PagePrompt {
  readonly #host: Host;
  readonly #options: InspectOptions;
  #session: Session | undefined;
  /** The registry that the session has. */
  #registry: unknown;
  #printed: Buffer[] = [];
  #size = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(host: Host, options: InspectOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** Runs code after whatever runs already. */
  run(code: string): Promise<PromptAnswer> {
    const answer = this.#last.then(() => this.#run(code));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async #run(code: string): Promise<PromptAnswer> {
    const session = this.#open();
    const expression = `return ${code}`;
    const isExpression = session.check(expression, NAME) === undefined;
    if (!isExpression && session.check(code, NAME) === true) return { printed: "", values: [], isIncomplete: true };
    this.#printed = [];
    this.#size = 0;
    try {
      const { values } = await session.run(isExpression ? expression : code, { name: NAME, results: "inspected" });
      return { printed: this.#taken(), values: values.map((value) => textOf(value).slice(0, MOST_VALUE)) };
    } catch (e) {
      if (!(e instanceof MoonkeepError)) throw e;
      return { printed: this.#taken(), values: [], error: describe(e) };
    }
  }

  #open(): Session {
    const { registry } = this.#host;
    if (this.#session === undefined) {
      const { actor, groups, policies, timeout = TIMEOUT } = this.#options;
      this.#session = this.#host.session({ actor, groups, policies, timeout, print: (line) => this.#print(line) });
    } else if (registry !== this.#registry) this.#session.renew();
    this.#registry = registry;
    return this.#session;
  }

  #print(line: Uint8Array): void {
    this.#size += line.length;
    if (this.#size <= MOST_PRINTED) this.#printed.push(Buffer.from(line));
  }

  #taken(): string {
    const text = Buffer.concat(this.#printed).toString();
    return this.#size > MOST_PRINTED ? `${text}… (${this.#size} bytes in all)\n` : text;
  }

  close(): void {
    this.#session?.close();
  }
}

const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);

const describe = ({ kind, text, traceback }: MoonkeepError): string =>
  `${kind === "UNKNOWN" ? "" : `${kind}: `}${text}${traceback === "" ? "" : `\n${traceback}`}`;
