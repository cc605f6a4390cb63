/** What `require` can load without being given by the embedder: one line each. */
import type { Module } from "../lua/module.ts";
import { base64Module } from "./base64.ts";
import { ctxModule } from "./ctx.ts";
import { errorsModule } from "./errors.ts";
import { funcsModule } from "./funcs.ts";
import { hashModule } from "./hash.ts";
import { jsonModule } from "./json/json.ts";
import { securityModule } from "./security.ts";
import { storeModule } from "./store.ts";
import { uuidModule } from "./uuid.ts";

export const modules: readonly Module[] = [
  base64Module,
  ctxModule,
  errorsModule,
  funcsModule,
  hashModule,
  jsonModule,
  securityModule,
  storeModule,
  uuidModule,
];

/** The modules that a script has without `require`, too. */
export const globals: readonly Module[] = [errorsModule];
