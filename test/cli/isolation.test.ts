import { expect, test } from "vitest";
import { moonkeep } from "../support/cli.ts";

const inThread = (...words: string[]) => moonkeep(["run", "--isolation", "worker", ...words]);

test("a script in a thread prints, takes arguments and gives a result", async () => {
  const { code, out, err } = await inThread("-e", "print('hi', ...) return { a = 1 }", "--", "x");
  expect({ code, out, err }).toEqual({ code: 0, out: "hi\tx\n{a = 1}\n", err: "" });
});

test("a limit that is hit in a thread ends with 4, and says where", async () => {
  const { code, err } = await inThread("--timeout", "2s", "-e", "while true do end");
  expect(code).toBe(4);
  expect(err).toContain("time limit of 2s");
  expect(err).toContain("-e:1: in main chunk");
});

test("Ctrl-C ends a script that computes in a thread, with 130", async () => {
  const { code } = await moonkeep(["run", "--isolation", "worker", "-e", "print('go') while true do end"], {
    signalOnOutput: "SIGINT",
  });
  expect(code).toBe(130);
});
