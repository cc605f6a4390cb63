/**
 * What the page is told, as JSON: the answers of the addresses under `/api`, and what its stream sends. docs/inspection.md
 * has the addresses. Types alone: the page is made of them as well.
 */
import type { Json } from "../value/json.ts";

/** `GET /api/overview` */
export interface Overview {
  readonly version: string;
  readonly node: string;
  readonly pid: number;
  /** When the page was opened, in milliseconds since 1970. */
  readonly since: number;
  /** Whether the page may change things. */
  readonly writes: boolean;
  /** Whether the host counts: `metrics: true`. */
  readonly counts: boolean;
}

/** One of `GET /api/entries` */
export interface EntryView {
  readonly id: string;
  readonly kind: string;
  /** `registry.yaml:14:5` */
  readonly place: string;
  /** Absent: it is the application's. */
  readonly plugin?: string;
  /** What people noted. */
  readonly meta: { readonly [field: string]: unknown };
}

/** One of `GET /api/stores`. Nothing is asked of a server for it. */
export interface StoreView {
  readonly id: string;
  readonly kind: string;
  readonly plugin?: string;
  readonly durable: boolean;
  readonly consistency: string;
  /** How many entries a store in memory has. */
  readonly entries?: number;
}

/** A value in JSON (docs/encoding.md). */
export interface ShownValue {
  /** Absent where the value is too large to be shown, or can't be read. */
  readonly json?: string;
  /** Why it can't be read. */
  readonly error?: string;
  /** Whether `json` is only its beginning. */
  readonly isCut: boolean;
  /** About what it takes in memory. */
  readonly bytes: number;
}

export interface KeyView {
  /** A text, or `{"$base64": …}`. */
  readonly key: Json;
  readonly value: ShownValue;
  readonly version: string;
  /** Milliseconds that it still lives; absent: for ever. */
  readonly ttl?: number;
}

/** `GET /api/keys?store=…&prefix=…&after=…` */
export interface KeyPage {
  readonly items: readonly KeyView[];
  /** The last key, as JSON text, for `after`; absent: there are no more. */
  readonly next?: string;
}

/** What `POST /api/set` takes. */
export interface Change {
  readonly store: string;
  readonly key: Json;
  /** JSON text (docs/encoding.md). */
  readonly json: string;
  /** Milliseconds; absent: for ever. */
  readonly ttl?: number;
  /** Keeps the time that the version still lives. */
  readonly keepTtl?: boolean;
  /** Only this version is changed; null: only a key that is not there. Absent: whatever is there. */
  readonly version?: string | null;
}

/** What `POST /api/delete` takes. */
export interface Removal {
  readonly store: string;
  readonly key: Json;
  readonly version?: string;
}

export interface PolicyView {
  readonly id: string;
  readonly effect: "allow" | "deny";
  readonly place: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly string[];
  readonly groups: readonly string[];
}

/** `GET /api/policies` */
export interface PoliciesView {
  readonly strict: boolean;
  /** Who acts where nobody says. */
  readonly actor?: string;
  readonly policies: readonly PolicyView[];
  /** Every action that modules ask for, and the attributes that it comes with. */
  readonly actions: { readonly [action: string]: readonly string[] };
}

/** What `GET /api/explain` takes as `question`, as JSON text. */
export interface QuestionView {
  readonly actor?: { readonly id: string; readonly meta?: { readonly [field: string]: unknown } };
  readonly action: string;
  readonly resource: string;
  readonly attributes?: { readonly [name: string]: unknown };
}

/** `GET /api/explain` */
export interface ExplanationView {
  readonly decision: "allow" | "deny";
  readonly reason: string;
  readonly policies: readonly {
    readonly id: string;
    readonly effect: "allow" | "deny";
    readonly place: string;
    readonly applies: boolean;
    readonly matchesAction: boolean;
    readonly matchesResource: boolean;
    readonly conditions: readonly {
      readonly text: string;
      readonly place: string;
      readonly outcome: "holds" | "fails" | "error";
    }[];
  }[];
  /** The YAML of a policy that would allow it. */
  readonly remedy?: string;
  /** Why no module ever asks this. */
  readonly note?: string;
}

/** `GET /api/going` */
export interface Going {
  readonly runs: readonly RunView[];
  /** Runs that wait for a thread. */
  readonly waiting: number;
  readonly threads: { readonly running: number; readonly kept: number; readonly idle: number };
  readonly plugins: readonly PluginView[];
}

export interface RunView {
  readonly id: number;
  readonly source: string;
  readonly actor?: string;
  readonly isolation: "shared" | "worker";
  /** In milliseconds since 1970. */
  readonly since: number;
}

export interface PluginView {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly functions: readonly string[];
  readonly hooks: readonly string[];
  /** Whether its breaker is open: its hooks are left out after failures. */
  readonly suspended: boolean;
}

/** One of `GET /api/health`, which asks every database and store. */
export interface HealthView {
  readonly id: string;
  readonly kind: string;
  readonly ok: boolean;
  readonly version?: string;
  readonly warnings: readonly string[];
  readonly milliseconds: number;
  readonly error?: string;
}

/** One of `GET /api/metrics`: a number that can be drawn. */
export interface MetricView {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: readonly {
    /** `isolation=shared` */
    readonly labels: string;
    /** Of a histogram: how many were counted. */
    readonly value: number;
    /** Of a histogram: what all of them come to. */
    readonly sum?: number;
  }[];
}

/** What the stream sends, as it comes: denials, logs, events, and runs that ended. */
export interface Happening {
  readonly kind: "denial" | "log" | "event" | "run";
  /** In milliseconds since 1970. */
  readonly time: number;
  /** In one line. */
  readonly text: string;
  /** How much somebody should mind. */
  readonly level: "info" | "warn" | "error";
  /** The rest, as JSON text of 4 KiB at most. */
  readonly more?: string;
}

/** `POST /api/prompt` takes `{ code }`, and answers this. */
export interface PromptAnswer {
  /** What it printed, 64 KiB of it at most. */
  readonly printed: string;
  /** What the code came to, as text. */
  readonly values: readonly string[];
  readonly error?: string;
  /** Whether more lines could complete the code. Nothing has run then. */
  readonly isIncomplete?: boolean;
}

/** What every address answers that could not do what it was asked. */
export interface Failure {
  readonly error: { readonly kind?: string; readonly message: string };
}
