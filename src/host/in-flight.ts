import { storeReleased } from "../stores/errors.ts";
import { type Eventually, isLater } from "../value/eventually.ts";
import { ObservedStore, type Operation } from "./telemetry/observed-store.ts";

/** How many of them one run may have under way, whatever the number of its coroutines. */
const MOST = 16;

/**
 * Operations of stores that answer later: what they bring, or take with them, is in no account until the script has the
 * answer. A run has some under way at a time, and the others wait for their turn.
 */
export class InFlight {
  readonly #atEnd: (drop: () => void) => (() => void) | undefined;
  /** What begins each, in the order in which they were asked for. */
  readonly #waiting = new Set<() => void>();
  #underWay = 0;

  /** @param atEnd calls back when the call that goes on has ended; it answers what takes that back, if one goes on */
  constructor(atEnd: (drop: () => void) => (() => void) | undefined) {
    this.#atEnd = atEnd;
  }

  /** @throws INVALID when the call ends before it is its turn; as `work` does */
  take<T>(work: () => Eventually<T>): Eventually<T> {
    if (this.#underWay < MOST) return this.#begin(work);
    return this.#turn().then(() => this.#begin(work));
  }

  /** Other calls of the run may go on when the one that asked has ended. */
  #turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        this.#waiting.delete(begin);
        forget?.();
        resolve();
      };
      const forget = this.#atEnd(() => {
        this.#waiting.delete(begin);
        reject(storeReleased());
      });
      this.#waiting.add(begin);
    });
  }

  #begin<T>(work: () => Eventually<T>): Eventually<T> {
    let answer: Eventually<T>;
    try {
      answer = work();
    } catch (e) {
      this.#next();
      throw e;
    }
    if (!isLater(answer)) {
      this.#next();
      return answer;
    }
    this.#underWay++;
    return answer.finally(() => {
      this.#underWay--;
      this.#next();
    });
  }

  #next(): void {
    if (this.#underWay >= MOST) return;
    const [begin] = this.#waiting;
    begin?.();
  }
}

/** These bring values, or take them along. What gives something up waits for nobody, and is not dropped with its run. */
const withValues: ReadonlySet<Operation> = new Set(["get", "entry", "set", "put", "get_many", "set_many", "list"]);

/** A store in the hands of a run. */
export class InFlightStore extends ObservedStore {
  readonly #inFlight: InFlight;

  constructor(store: ConstructorParameters<typeof ObservedStore>[0], inFlight: InFlight) {
    super(store);
    this.#inFlight = inFlight;
  }

  protected override observe<T>(operation: Operation, work: () => Eventually<T>): Eventually<T> {
    return withValues.has(operation) ? this.#inFlight.take(work) : work();
  }
}
