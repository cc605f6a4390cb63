import type { Store } from "../../stores/store.ts";
import { type Eventually, isLater } from "../../value/eventually.ts";
import { ObservedStore, type Operation } from "./observed-store.ts";
import type { Span, Tracing } from "./tracing.ts";

/** A store in the hands of one run, whose operations are spans. Keys and values are not told. */
export class TracedStore extends ObservedStore {
  readonly #id: string;
  readonly #tracing: Tracing;
  readonly #parent: Span | undefined;

  constructor(id: string, store: Store, tracing: Tracing, parent: Span | undefined) {
    super(store);
    this.#id = id;
    this.#tracing = tracing;
    this.#parent = parent;
  }

  protected override observe<T>(operation: Operation, work: () => Eventually<T>): Eventually<T> {
    const attributes = { "moonkeep.store": this.#id, "moonkeep.backend": this.store.traits.backend };
    const span = this.#tracing.begin("store", operation, attributes, this.#parent);
    return spanning(span, work);
  }
}

/** Ends a span with what it is about, now or later. */
export function spanning<T>(span: Span | undefined, work: () => Eventually<T>): Eventually<T> {
  if (span === undefined) return work();
  let answer: Eventually<T>;
  try {
    answer = work();
  } catch (e) {
    span.end(e);
    throw e;
  }
  if (!isLater(answer)) {
    span.end();
    return answer;
  }
  return answer.then(
    (value) => {
      span.end();
      return value;
    },
    (e: unknown) => {
      span.end(e);
      throw e;
    },
  );
}
