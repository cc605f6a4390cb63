/** What the server asks: the host, as far as the page goes. */
import type {
  Change,
  EntryView,
  ExplanationView,
  Going,
  Happening,
  HealthView,
  KeyPage,
  KeyView,
  MetricView,
  Overview,
  PoliciesView,
  PromptAnswer,
  Removal,
  StoreView,
} from "./api.ts";

export interface KeyQuestion {
  readonly store: string;
  readonly prefix: string;
  /** JSON text. */
  readonly after?: string | undefined;
}

/** Whatever fails here is given to `failure`. */
export interface Inspected {
  overview(): Omit<Overview, "version">;
  entries(): readonly EntryView[];
  stores(): readonly StoreView[];
  keys(question: KeyQuestion): Promise<KeyPage>;
  /** @param key as JSON text @returns undefined when it is not there */
  entry(store: string, key: string): Promise<KeyView | undefined>;
  policies(): PoliciesView;
  explain(question: unknown): ExplanationView;
  going(): Going;
  health(): Promise<readonly HealthView[]>;
  /** Empty where nothing is counted. */
  metrics(): readonly MetricView[];

  // What changes something.
  set(change: Change): Promise<void>;
  delete(removal: Removal): Promise<boolean>;
  /** @returns whether there was such a run */
  kill(run: number): boolean;
  prompt(code: string): Promise<PromptAnswer>;

  /** Tells of what happens, until what it returns is called. */
  listen(told: (happening: Happening) => void): () => void;
  /** What of an error is told, and with which status of HTTP. */
  failure(e: unknown): {
    readonly status: 400 | 403 | 404 | 409 | 500 | 503 | 504;
    readonly kind?: string;
    readonly message: string;
  };
}
