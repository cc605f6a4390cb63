import { storeReleased } from "../stores/errors.ts";
import { type Eventually, isLater } from "../value/eventually.ts";
import { ObservedStore, type Operation } from "./telemetry/observed-store.ts";

/** How many of them one run may have under way, whatever the number of its coroutines. */
const MOST = 16;

interface Waiting {
  readonly begin: () => void;
  readonly drop: (reason: unknown) => void;
}

/**
 * Operations of stores that answer later: what they bring, or take with them, is in no account until the script has the
 * answer. A run has some under way at a time, and the others wait for their turn.
 */
export class InFlight {
  readonly #atEnd: (drop: () => void) => boolean;
  readonly #waiting: Waiting[] = [];
  #underWay = 0;
  #isHeard = false;

  /** @param atEnd calls back when the call that goes on has ended; it answers whether one does */
  constructor(atEnd: (drop: () => void) => boolean) {
    this.#atEnd = atEnd;
  }

  /** @throws INVALID when the call ends before it is its turn; as `work` does */
  take<T>(work: () => Eventually<T>): Eventually<T> {
    if (this.#underWay < MOST) return this.#begin(work);
    this.#isHeard ||= this.#atEnd(() => this.#drop());
    return new Promise<void>((begin, drop) => this.#waiting.push({ begin, drop })).then(() => this.#begin(work));
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
    if (this.#underWay < MOST) this.#waiting.shift()?.begin();
  }

  #drop(): void {
    this.#isHeard = false;
    for (const { drop } of this.#waiting.splice(0)) drop(storeReleased());
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
