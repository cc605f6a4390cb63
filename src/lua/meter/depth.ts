import { MAX_DEPTH } from "../../limits.ts";

/** How deeply tables may nest that cross the boundary. */
export const depth: { most: number } = { most: MAX_DEPTH };

/** Sets how deeply tables may nest from now on: `MAX_DEPTH` at most, and when not given. @returns what held before */
export function limitDepth(most: number = MAX_DEPTH): number {
  const before = depth.most;
  depth.most = Math.min(most, MAX_DEPTH);
  return before;
}
