/** What a host tells of the course of things: the interface that `moonkeep/opentelemetry` has an implementation of. */

export type SpanKind = "run" | "call" | "store";

/** Something that takes time. */
export interface Span {
  /** It is over. @param error what it failed with; undefined: it went well */
  end(error?: unknown): void;
}

/** Gets told of runs, of the functions that they call, and of what they do in stores. */
export interface Tracing {
  /**
   * Something begins.
   * @param name of a run the script's name or the function's id; of an operation its name, such as `get`
   * @param parent what it is a part of; undefined: whatever goes on where the host was called
   */
  begin(
    kind: SpanKind,
    name: string,
    attributes: Readonly<Record<string, string | number>>,
    parent: Span | undefined,
  ): Span;
}
