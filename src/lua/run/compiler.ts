/** What this process compiles of the scripts that it runs. */
import { mayGenerateCode } from "../compiler/link.ts";
import { CodeTier } from "../compiler/tier.ts";
import { intrinsics } from "../library/intrinsics.ts";
import type { Tier } from "../vm/thread.ts";

/**
 * Calls of a function, and rounds of a loop, from which on it is compiled. To compile takes as long as the interpreter
 * needs for some thousand of them: a chunk that ends sooner would only pay for it (bench/short.mjs).
 */
const CALLS = 1200;
const ROUNDS = 20_000;

/** Tests set how soon code is compiled. */
const after = Number(process.env.MOONKEEP_COMPILE_AFTER ?? Number.NaN);

/** The compiler, as states use it that don't say otherwise; null where nothing is compiled. */
export const compiler: Tier | null = mayGenerateCode()
  ? new CodeTier({
      calls: Number.isNaN(after) ? CALLS : after,
      rounds: Number.isNaN(after) ? ROUNDS : after,
      intrinsics: intrinsics(),
    })
  : null;
