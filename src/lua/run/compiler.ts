/** What this process compiles of the scripts that it runs. */
import { mayGenerateCode } from "../compiler/link.ts";
import { CodeTier } from "../compiler/tier.ts";
import { intrinsics } from "../library/intrinsics.ts";
import type { Tier } from "../vm/thread.ts";

/**
 * Calls of a function, and rounds of a loop, from which on it is compiled. To compile takes time
 * that a chunk which ends soon never gets back; with these, five that do are no slower than interpreted (bench/short.mjs).
 */
const CALLS = 1200;
const ROUNDS = 20_000;

/** Tests set how soon code is compiled: after so many calls or rounds, or with `Infinity` never. */
const after = Number(process.env.MOONKEEP_COMPILE_AFTER ?? Number.NaN);

/** The compiler, as states use it that don't say otherwise; null where nothing is compiled. */
export const compiler: Tier | null =
  after !== Number.POSITIVE_INFINITY && mayGenerateCode()
    ? new CodeTier({
        calls: Number.isNaN(after) ? CALLS : after,
        rounds: Number.isNaN(after) ? ROUNDS : after,
        intrinsics: intrinsics(),
      })
    : null;
