import { collector } from "../value/collector.ts";

/**
 * Has V8 look for what nobody holds any more, which it otherwise does when memory is short:
 * threads are short long before memory is. Its registries are told in the milliseconds after that. Resolves as well where
 * V8 can't be asked.
 */
export async function collectGarbage(): Promise<void> {
  await collector()?.({ type: "major", execution: "async" });
}
