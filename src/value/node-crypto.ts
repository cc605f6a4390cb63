import process from "node:process"; // threads have no global of this name (worker/harden.ts)

/** Node's own cryptography, loaded by whoever needs it first: it is a tenth of the time that a short script takes. */
export const nodeCrypto = (): typeof import("node:crypto") => process.getBuiltinModule("node:crypto");
