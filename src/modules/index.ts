/** What `require` can load without being given by the embedder: one line each. */
import type { Module } from "../lua/boundary/module.ts";
import { base64Module } from "./base64.ts";
import { channelModule } from "./channel.ts";
import { cryptoModule } from "./crypto/crypto.ts";
import { ctxModule } from "./ctx.ts";
import { envModule } from "./env.ts";
import { errorsModule } from "./errors-module.ts";
import { eventsModule } from "./events.ts";
import { exprModule } from "./expr.ts";
import { funcsModule } from "./funcs.ts";
import { hashModule } from "./hash.ts";
import { inspectModule } from "./inspect.ts";
import { jsonModule } from "./json/json.ts";
import { loggerModule } from "./logger.ts";
import { securityModule } from "./security.ts";
import { storeModule } from "./store.ts";
import { textModule } from "./text/text.ts";
import { timeModule } from "./time/time.ts";
import { uuidModule } from "./uuid.ts";
import { yamlModule } from "./yaml/yaml.ts";

export const modules: readonly Module[] = [
  base64Module,
  channelModule,
  cryptoModule,
  ctxModule,
  envModule,
  errorsModule,
  eventsModule,
  funcsModule,
  exprModule,
  hashModule,
  inspectModule,
  jsonModule,
  loggerModule,
  securityModule,
  storeModule,
  textModule,
  timeModule,
  uuidModule,
  yamlModule,
];

/** The modules that a script has without `require`, too. */
export const globals: readonly Module[] = [channelModule, errorsModule];

/** The modules that need nothing of the host: they run where the script runs, in another thread too. */
export const local: readonly Module[] = [
  base64Module,
  channelModule,
  cryptoModule,
  errorsModule,
  exprModule,
  hashModule,
  inspectModule,
  jsonModule,
  textModule,
  timeModule,
  uuidModule,
  yamlModule,
];
