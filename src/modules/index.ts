/** What `require` can load without being given by the embedder: one line each. */
import type { Module } from "../lua/module.ts";
import { errorsModule } from "./errors.ts";
import { securityModule } from "./security.ts";
import { storeModule } from "./store.ts";

export const modules: readonly Module[] = [errorsModule, securityModule, storeModule];

/** The modules that a script has without `require`, too. */
export const globals: readonly Module[] = [errorsModule];
