import { writeSync } from "node:fs";

/** FUZZ_MINUTES: for so long, with other programs each time. Without it, there are few programs, always the same ones. */
export const minutes = Number(process.env.FUZZ_MINUTES ?? 0);
/** FUZZ_SEED: the program with this number alone, or the same decisions once more. */
export const only = process.env.FUZZ_SEED === undefined ? undefined : Number(process.env.FUZZ_SEED);
export const seed = only ?? (minutes > 0 ? Math.floor(Math.random() * 2 ** 31) : 1);

/** Said before anything runs, and past the test runner, which passes nothing on from a process that hangs. */
export function saySeed(what: string): void {
  if (minutes > 0) writeSync(2, `${what}: FUZZ_SEED=${seed}\n`);
}
