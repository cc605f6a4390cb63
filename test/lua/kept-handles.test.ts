/** What handles keep that are released with their script. */
import { expect, test } from "vitest";
import { KEPT, KeptHandles } from "../../src/lua/boundary/kept-handles.ts";

const MiB = 2 ** 20;

class Kept {
  isReleased = false;
  bytes: number;
  constructor(bytes: number) {
    this.bytes = bytes;
  }
}
const type = {
  release: (one: Kept) => void (one.isReleased = true),
  isReleased: (one: Kept) => one.isReleased,
  bytes: (one: Kept) => (one.isReleased ? 0 : one.bytes),
};

test("what a script has released is not counted for long, however few and large they were", () => {
  const kept = new KeptHandles();
  for (let i = 0; i < 100; i++) {
    const one = new Kept(MiB);
    kept.add(one, type as never);
    one.isReleased = true;
  }
  expect(kept.bytes).toBeLessThan(3 * (MiB + KEPT));
});

test("what it holds is counted, all of it", () => {
  const kept = new KeptHandles();
  for (let i = 0; i < 100; i++) kept.add(new Kept(MiB), type as never);
  expect(kept.bytes).toBe(100 * (MiB + KEPT));
});
