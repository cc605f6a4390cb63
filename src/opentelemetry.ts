/**
 * Runs, the functions that they call, and what they do in stores, as spans of OpenTelemetry:
 *
 * ```ts
 * import { openTelemetry } from "moonkeep/opentelemetry";
 *
 * const host = await Host.open("registry.yaml", { tracing: openTelemetry() });
 * ```
 */
import {
  type Context,
  context,
  type Span as OtelSpan,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { Span, Tracing } from "./host/telemetry/tracing.ts";

/**
 * @param tracer default: the tracer `moonkeep` of the provider that is registered
 * @returns what the option `tracing` of `Host.open` takes. A run is a part of the span that is active where the host is
 * called, `moonkeep.run <name>`; its parts are `moonkeep.call <id>` and `moonkeep.store <operation>`. Keys and values are
 * in none of them.
 */
export function openTelemetry(tracer: Tracer = trace.getTracer("moonkeep")): Tracing {
  return {
    begin(kind, name, attributes, parent) {
      const around = parent instanceof OpenSpan ? parent.context : context.active();
      const spanKind = kind === "store" ? SpanKind.CLIENT : SpanKind.INTERNAL;
      const span = tracer.startSpan(
        `moonkeep.${kind} ${name}`,
        { kind: spanKind, attributes: { ...attributes } },
        around,
      );
      return new OpenSpan(span, trace.setSpan(around, span));
    },
  };
}

class OpenSpan implements Span {
  /** What its parts begin in. */
  readonly context: Context;
  readonly #span: OtelSpan;

  constructor(span: OtelSpan, around: Context) {
    this.#span = span;
    this.context = around;
  }

  end(error?: unknown): void {
    if (error !== undefined) {
      const { message } = error instanceof Error ? error : new Error(String(error));
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message });
      const kind = (error as { readonly kind?: unknown }).kind;
      if (typeof kind === "string") this.#span.setAttribute("error.type", kind);
    }
    this.#span.end();
  }
}
