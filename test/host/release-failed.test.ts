/** A handle whose `release` fails is its module's mistake, and nobody else's. */
import { describe, expect, it, onTestFinished } from "vitest";
import { defineHandle, defineModule, fn, Host } from "../../src/index.ts";

class Bad {
  readonly how: "throws" | "rejects";
  constructor(how: "throws" | "rejects") {
    this.how = how;
  }
}
class Good {
  static open = 0;
  isReleased = false;
}
defineHandle(
  "failed.Bad",
  Bad,
  {},
  {
    release: ({ how }) => {
      if (how === "throws") throw new Error("no release");
      return Promise.reject(new Error("no release")) as unknown as undefined;
    },
  },
);
defineHandle(
  "failed.Good",
  Good,
  {},
  {
    release: (good) => {
      if (!good.isReleased) Good.open--;
      good.isReleased = true;
    },
  },
);
const module = defineModule("m", {
  throws: fn([], () => new Bad("throws")),
  rejects: fn([], () => new Bad("rejects")),
  good: fn([], () => {
    Good.open++;
    return new Good();
  }),
});

function warnings(): string[] {
  const said: string[] = [];
  const listen = ({ message }: Error) => void said.push(message);
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));
  return said;
}

describe.each(["shared", "worker"] as const)("a handle whose release fails (%s)", (isolation) => {
  it.each(["throws", "rejects"])("does not keep others, its run or its thread (%s)", async (how) => {
    const said = warnings();
    await using host = await Host.open(undefined, { modules: [module], print() {}, workers: { max: 2 } });
    const take = `local m = require("m") local a, b, c = m.good(), m.${how}(), m.good()`;
    for (let i = 0; i < 3; i++) {
      expect((await host.run(`${take} return 5`, { isolation })).value).toBe(5);
      await expect(host.run(`${take} while true do end`, { isolation, timeout: 200 })).rejects.toMatchObject({
        limit: "time",
      });
      await expect(host.run(`${take} error("mine")`, { isolation })).rejects.toThrow("mine");
    }
    for (let i = 0; i < 200 && (Good.open > 0 || said.length < 9); i++)
      await new Promise((next) => setTimeout(next, 10));
    expect(Good.open).toBe(0);
    expect(
      said.filter((one) => one.includes("release of a Bad failed when its script had ended: no release")),
    ).toHaveLength(9);
  });
});
