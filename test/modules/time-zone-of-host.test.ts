/** What depends on the host's own time zone, and on the command as it is built. */
import { describe, expect, test } from "vitest";
import { moonkeep } from "../support/cli.ts";

const PARSE = `local time = require("time")
print(time.parse("2006-01-02 15:04 MST", ...):format(time.RFC3339))`;

describe("without a location", () => {
  // The expected texts are what time.Parse of Go 1.19 prints with the same TZ.
  test.each([
    ["Europe/Berlin", "2024-07-01 12:00 CEST", "2024-07-01T12:00:00+02:00"],
    ["Europe/Berlin", "2024-07-01 12:00 PST", "2024-07-01T12:00:00Z"],
    ["America/New_York", "2024-01-01 12:00 EST", "2024-01-01T12:00:00-05:00"],
    ["America/New_York", "2024-07-01 12:00 CEST", "2024-07-01T12:00:00Z"],
    ["UTC", "2024-07-01 12:00 CEST", "2024-07-01T12:00:00Z"],
  ])("an abbreviation is that of the host's zone: TZ=%s, %s", async (TZ, value, expected) => {
    const { out } = await moonkeep(["run", "-e", PARSE, value], { env: { TZ } });
    expect(out).toBe(`${expected}\n`);
  });

  test("a value that names no zone is UTC", async () => {
    const code = 'print(require("time").parse("2006-01-02 15:04", "2024-07-01 12:00"))';
    const { out } = await moonkeep(["run", "-e", code], { env: { TZ: "Europe/Berlin" } });
    expect(out).toBe("2024-07-01T12:00:00Z\n");
  });
});

test.each(["5us", "5µs", "5μs"])("the command reads %s as microseconds", async (text) => {
  const { out } = await moonkeep(["run", "-e", 'print(require("time").parse_duration(...))', text]);
  expect(out).toBe("5µs\n");
});
