import { describe, expect, it, vi } from "vitest";
import { wallClock } from "../../src/value/clock.ts";
import { key } from "../contract/values.ts";
import { freshFile, openStore } from "../support/sqlite.ts";

describe("the clock of what outlives the process", () => {
  it("is the machine's, also when that is set forward and back again", () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1.7e12 });
    try {
      expect(wallClock.now()).toBe(1.7e12);
      vi.setSystemTime(1.7e12 + 3_600_000);
      expect(wallClock.now()).toBe(1.7e12 + 3_600_000);
      vi.setSystemTime(1.7e12 + 250);
      expect(wallClock.now()).toBe(1.7e12 + 250);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is one for all who share a file: a jump that was taken back takes nobody's entry", async () => {
    const path = freshFile();
    let now = 1.7e12;
    const clock = { now: () => now };
    const [ours, theirs] = [openStore(path, { clock }), openStore(path, { clock })];
    const lock = key("lock");
    now += 3_600_000; // the clock jumps ahead, and somebody reads it
    expect(await theirs.get(lock)).toBeUndefined();
    now -= 3_600_000;
    await ours.put(lock, 1, { ttl: 60_000, onlyIf: "absent" });
    expect(() => theirs.put(lock, 2, { onlyIf: "absent" })).toThrow(
      expect.objectContaining({ kind: "ALREADY_EXISTS" }),
    );
  });
});
