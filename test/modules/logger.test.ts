import { expect, it } from "vitest";
import { LimitError } from "../../src/errors.ts";
import type { LogRecord } from "../../src/host/log.ts";
import { acting, everythingAllowed, policy, ScriptHost } from "../support/host.ts";

async function logged(script: string, entries = everythingAllowed): Promise<readonly Partial<LogRecord>[]> {
  const records: LogRecord[] = [];
  await using host = await ScriptHost.open(entries, { log: (record) => records.push(record) });
  await host.run(`local logger = require("logger") ${script}`);
  return records.map(({ time, ...rest }) => {
    expect(time).toBeInstanceOf(Date);
    return rest;
  });
}

const line = { actor: "tester", name: "", message: "m", fields: {} };

it("logger: lines have a level, a message, fields, and who wrote them", async () => {
  const script = `logger:debug("m") logger:info("m", {a = 1, list = {1, "x"}}) logger:warn("m", {"first"}) logger:error("m")`;
  expect(await logged(script)).toEqual([
    { ...line, level: "debug" },
    { ...line, level: "info", fields: { a: 1, list: [1, "x"] } },
    { ...line, level: "warn", fields: { 1: "first" } },
    { ...line, level: "error" },
  ]);
});

it("logger: with and named make loggers that add to each line, and leave the one that they came from", async () => {
  const script = `local child = logger:with({request = "r-1", n = 1}):named("http"):with({n = 2})
    child:info("m", {x = true}) child:named("auth"):info("m") logger:info("m")`;
  expect(await logged(script)).toEqual([
    { ...line, level: "info", name: "http", fields: { request: "r-1", n: 2, x: true } },
    { ...line, level: "info", name: "http.auth", fields: { request: "r-1", n: 2 } },
    { ...line, level: "info" },
  ]);
});

it("logger: the policies are asked for each line, by the logger's name and the level", async () => {
  const only = { conditions: [{ field: "meta.level", operator: "eq", value: "error" }] };
  const entries = [policy("errors", "allow", "logger.write", "app", only), acting()];
  const script = `local app = logger:named("app")
    local _, info = app:info("m") local _, root = logger:error("m")
    assert(info:kind() == errors.PERMISSION_DENIED and info:message() == "not allowed to log to: app")
    assert(root:message() == "not allowed to log to: logger")
    assert(app:error("m"))`;
  expect(await logged(script, entries)).toEqual([{ ...line, level: "error", name: "app" }]);
});

it("logger: what is logged counts for the limit of output", async () => {
  await using host = await ScriptHost.open(everythingAllowed);
  const script = 'while true do require("logger"):info("a line", {n = 1}) end';
  const error = await host.failure(script, { output: 1000 });
  expect(error).toBeInstanceOf(LimitError);
  expect(error.details).toEqual({ limit: "output", value: 1000 });
});

it("logger: a line has 1000 values at most, those of tables in it included", async () => {
  await using host = await ScriptHost.open(everythingAllowed);
  const script = `local logger = require("logger")
    local list, parts = {}, {} for i = 1, 999 do list[i] = i parts["k" .. i] = i end
    assert(logger:info("m", {list = list}))
    local _, refused = logger:info("m", {list = list, other = {1}})
    local ok, raised = pcall(function() return logger:with(parts):with({a = 1, b = 2}) end)
    return refused:message(), ok, raised:message()`;
  const message = (n: number) => `fields: expected at most 1000 values in total, got ${n}`;
  expect(await host.results(script)).toEqual([message(1002), false, message(1001)]);
});

it("logger: a line has 1 MiB at most, its message and the fields of the logger included", async () => {
  await using host = await ScriptHost.open(everythingAllowed);
  const script = `local logger = require("logger")
    local quarter, half, most = ("x"):rep(2^18), ("x"):rep(2^19), ("x"):rep(2^20)
    assert(logger:info(most))
    local _, longer = logger:info(most .. "x")
    local _, both = logger:with({a = quarter}):info(half)
    local ok, raised = pcall(function() return logger:with({a = quarter, b = half}) end)
    return longer:message(), both:kind(), ok, raised:kind()`;
  const message = "record: expected at most 1048576 bytes in total, got 1048577";
  expect(await host.results(script)).toEqual([message, "Invalid", false, "Invalid"]);
});
