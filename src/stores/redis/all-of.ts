/** Many writes that go to the server together, each by itself. */
import { afterPart } from "../errors.ts";

/** @throws what one of them failed with, when all are over: others may have been done */
export async function allOf<T>(writes: readonly Promise<T>[]): Promise<T[]> {
  const ends = await Promise.allSettled(writes);
  const failed = ends.filter((end) => end.status === "rejected");
  if (failed.length === 0) return Promise.all(writes);
  const isPartly = failed.length < ends.length || failed.some(({ reason }) => reason?.details?.uncertain === true);
  throw isPartly ? afterPart(failed[0]!.reason) : failed[0]!.reason;
}
