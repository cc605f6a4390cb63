import { describe, expect, it } from "vitest";
import { Progress } from "../../src/cli/progress.ts";

function screenOf(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 80, write: (text: string) => written.push(text), written };
}

describe("progress", () => {
  it("shows nothing where nobody watches", () => {
    const screen = screenOf(false);
    const progress = new Progress(10, 0, screen);
    progress.update(5);
    progress.end();
    expect(screen.written).toEqual([]);
  });

  it("shows how far it is, not too often, and is wiped at the end", () => {
    const screen = screenOf(true);
    let now = 0;
    const progress = new Progress(200, 100, screen, () => now);
    progress.update(100);
    now = 50;
    progress.update(120);
    now = 1000;
    progress.update(150);
    progress.end();
    expect(screen.written).toEqual([
      "\r\x1b[K[###############---------------]  50 %  100 entries",
      "\r\x1b[K[#######################-------]  75 %  150 entries, 50 a second",
      "\r\x1b[K",
    ]);
  });

  it("counts where nobody knows how many there are", () => {
    const screen = screenOf(true);
    new Progress(undefined, 0, screen, () => 0).update(1);
    expect(screen.written).toEqual(["\r\x1b[K1 entry"]);
  });
});
