/** What an embedder gets of a script's output: the same, wherever the script runs, and whatever it writes with. */
import { expect, it } from "vitest";
import { Host } from "../../src/index.ts";

it.each(["shared", "worker"] as const)(
  "`print`, `io.write` and `io.stderr` give bytes whose text is theirs (%s)",
  async (isolation) => {
    const lines: Uint8Array[] = [];
    const print = (line: Uint8Array) => void lines.push(line);
    await using host = await Host.open(undefined, { print });
    const source = 'print("grün", 1) print(("x"):rep(10)) io.write("a", 1, "b") io.stderr:write("e")';
    await host.run(source, { isolation, io: { error: print } });
    await host.run('io.write(("y"):rep(1000))', { isolation, print, io: {} });
    expect(lines.join("")).toBe(`grün\t1\n${"x".repeat(10)}\na1be${"y".repeat(1000)}`);
    expect(lines.every(Buffer.isBuffer)).toBe(true);
  },
);
