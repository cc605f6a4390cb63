import { type Context, context, SpanStatusCode, trace } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { expect, it } from "vitest";
import { openTelemetry } from "../../src/opentelemetry.ts";
import { everythingAllowed, memory, ScriptHost } from "../support/host.ts";
import { lua } from "../support/plugin.ts";

it.each(["shared", "worker"] as const)("runs, calls and store operations are spans, %s", async (isolation) => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const entries = [
    memory("cache"),
    lua("f", 'return function() return (require("store").get("app:cache"):get("secret key")) end', {
      modules: ["store"],
    }),
    ...everythingAllowed,
  ];
  await using app = await ScriptHost.open(entries, { tracing: openTelemetry(provider.getTracer("test")) });
  await app.run('require("store").get("app:cache"):set("secret key", 1) return require("funcs").call("app:f")', {
    name: "shop.lua",
    isolation,
  });
  await app.failure("error('no')", { isolation });
  const spans = exporter.getFinishedSpans();
  const named = (name: string) => spans.find((span) => span.name === name)!;
  const run = named("moonkeep.run shop.lua");
  const call = named("moonkeep.call app:f");
  expect(run.attributes).toEqual({ "moonkeep.run": 1, "moonkeep.isolation": isolation });
  expect(run.parentSpanContext).toBeUndefined();
  expect(call.parentSpanContext?.spanId).toBe(run.spanContext().spanId);
  expect(named("moonkeep.store set").parentSpanContext?.spanId).toBe(run.spanContext().spanId);
  expect(named("moonkeep.store get").parentSpanContext?.spanId).toBe(call.spanContext().spanId);
  expect(named("moonkeep.store get").attributes).toEqual({
    "moonkeep.store": "app:cache",
    "moonkeep.backend": "memory",
  });
  expect(JSON.stringify(spans.map(({ name, attributes }) => [name, attributes]))).not.toContain("secret");
  expect(named("moonkeep.run script").status.code).toBe(SpanStatusCode.ERROR);
  expect(named("moonkeep.run script").attributes["error.type"]).toBe("UNKNOWN");
});

it("a run is a part of the span that is active where the host is called", async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer("test");
  let active: Context = context.active();
  context.setGlobalContextManager({
    active: () => active,
    with: (_, f, self, ...args) => f.call(self as never, ...args),
    bind: (_, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
  await using app = await ScriptHost.open(everythingAllowed, { tracing: openTelemetry(tracer) });
  const request = tracer.startSpan("GET /");
  active = trace.setSpan(active, request);
  await app.run("return 1");
  context.disable();
  const [run] = exporter.getFinishedSpans();
  expect(run!.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
});
