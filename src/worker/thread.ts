/**
 * The entry of a thread: it runs one script after the other, each in a fresh state, and decides nothing. What scripts
 * ask for, the host answers.
 */
import { parentPort, workerData } from "node:worker_threads";
import { LimitError, MoonkeepError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import type { Module } from "../lua/boundary/module.ts";
import type { Budget } from "../lua/limits/budget.ts";
import { entryPoint } from "../lua/run/entry-point.ts";
import { presenterOf } from "../lua/run/results.ts";
import { State } from "../lua/run/state.ts";
import { nilCell } from "../lua/vm/table.ts";
import { baseType, LUA_CLOSURE, type TValue } from "../lua/vm/types.ts";
import { computeInThisThread } from "../modules/digest.ts";
import { globals, local } from "../modules/index.ts";
import { IO } from "../modules/io.ts";
import { andThen, type Eventually, isLater } from "../value/eventually.ts";
import { KnownCode } from "./code.ts";
import { type ErrorWire, packError } from "./error-wire.ts";
import { FedChannels } from "./fed-channels.ts";
import { harden } from "./harden.ts";
import { Line } from "./line.ts";
import { ANSWER, type FromThread, type Job, type Setup, type ToThread } from "./messages.ts";
import { mirrorModule } from "./mirror.ts";
import { ConstantHandles } from "./shapes.ts";
import { Freight, isPacked, type PackSpecial, packAll, type Special, unpack, unpackTable, type Wire } from "./wire.ts";

const setup = workerData as Setup;
const { port } = setup;
parentPort!.close(); // there is one way to the host, which the host can close
const line = new Line(port, setup);
const modules = new Map<string, Module>([
  ...local.map((module) => [module.name, module] as const),
  ...setup.modules.map((shape) => [shape.name, mirrorModule(shape, setup.constants, line)] as const),
]);

line.constants = new ConstantHandles(modules, setup.constants);

const known = new KnownCode(modules, (finder, name) => line.find(finder, name));

/** A script, from its start until the host is done with its functions. */
class Running {
  readonly #state: State;
  readonly #limits: Limits;
  readonly #functions: TValue[] = [];

  constructor({ loads, libraries, limits, traced, compile, io }: Job) {
    this.#limits = limits;
    this.#state = new State({
      ...known.loads(loads, libraries),
      globals,
      io: io === true ? modules.get(IO) : undefined,
      call: undefined,
      print: (bytes) => line.print(bytes),
      compile,
    });
    line.state = this.#state;
    line.fed = new FedChannels(this.#state, (message) => line.post(message));
    line.traced = traced;
  }

  run({ code, entry, args, arg, results = "values", left }: Job): void {
    const limits = { ...this.#limits, timeout: left };
    void this.#report(limits, (budget) => {
      const main = this.#state.use(known.chunk(code));
      if (entry !== undefined) {
        const results = this.#call(entryPoint(main, entry.method, entry.id), args, limits, budget);
        return andThen(results, (cells) => cells.slice(0, ANSWER));
      }
      this.#state.setGlobalCell("arg", this.#unpack(arg));
      const present = presenterOf(results);
      const answer = this.#call(main, args, limits, budget);
      return present === undefined
        ? answer
        : andThen(answer, (cells) => this.#state.run(present, cells, limits, budget));
    });
  }

  callFunction(id: number, args: readonly Wire[]): void {
    void this.#report(this.#limits, (budget) => this.#call(this.#functions[id]!, args, this.#limits, budget));
  }

  end(): void {
    this.#state.close();
    line.state = undefined;
    line.fed = undefined;
  }

  #call(f: TValue, args: readonly Wire[], limits: Limits, budget: Budget): Eventually<readonly TValue[]> {
    const cells = args.map((arg) => this.#unpack(arg));
    return this.#state.run(f, cells, limits, budget);
  }

  #unpack(wire: Wire): TValue {
    const { thread } = this.#state;
    return isPacked(wire) ? unpackTable(thread, wire.packed) : unpack(thread, wire, () => nilCell());
  }

  /** Tells the host what came of it. A call of the host blocks; only what a local module does aside may come later. */
  async #report(limits: Limits, work: (budget: Budget) => Eventually<readonly TValue[]>): Promise<void> {
    try {
      const budget = this.#state.budgetFor(limits);
      const answer = work(budget);
      const cells = isLater(answer) ? await answer : answer;
      const freight = this.#freight();
      const special: PackSpecial = (part) => this.#special(part, freight);
      const results = this.#state.handOver(budget, () => packAll(cells, special, freight));
      line.post(["done", results, this.#state.used]);
    } catch (e) {
      line.post(e instanceof MoonkeepError ? this.#failed(e) : ["broke", String(e)]);
    }
  }

  #failed(e: MoonkeepError): FromThread {
    return ["failed", this.#packFailure(e), this.#state.used, this.#state.broken !== undefined];
  }

  #packFailure(error: MoonkeepError): ErrorWire {
    try {
      return packError(error, this.#freight());
    } catch (e) {
      return packError(e as LimitError);
    }
  }

  #freight(): Freight {
    return new Freight(this.#limits.memory, (most) => {
      throw new LimitError("memory", most);
    });
  }

  #special(cell: TValue, freight: Freight): Special | undefined {
    if (baseType(cell) !== LUA_CLOSURE) return line.packSpecial(cell, freight);
    this.#functions.push({ ...cell } as TValue);
    this.#state.cameOut(cell);
    return { function: this.#functions.length - 1 };
  }
}

let running: Running | undefined;

function take(message: ToThread): void {
  switch (message[0]) {
    case "run":
      try {
        running = new Running(message[1]);
      } catch (e) {
        line.post(["broke", String(e)]);
        return;
      }
      running.run(message[1]);
      break;
    case "call":
      running!.callFunction(message[1], message[2]);
      break;
    case "feed":
    case "give":
    case "unfeed":
      line.fed?.take(message);
      break;
    case "reply":
      line.learn(message[2]);
      break;
    case "end":
      running?.end();
      running = undefined;
      line.post(["ended"]);
      break;
  }
}

harden();
computeInThisThread();
port.on("message", (message: ToThread) => {
  for (let next: ToThread | undefined = message; next !== undefined; next = line.pending()) take(next);
});
line.post(["ready"]);
