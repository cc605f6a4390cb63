import type { Edit } from "../private-copy.ts";

/** The buffer that a library function fills is seen by the memory limit while the function calls back (`hold`). */
export const mendBuffers: readonly Edit[] = [
  { find: "        B.b = newbuff;", put: "        B.b = newbuff; hold(B.L, newsize);" },
];
