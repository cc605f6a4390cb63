import type { HandleDescription } from "../../src/lua/boundary/handle.ts";
import { caseHandle, channelHandle } from "../../src/modules/channel.ts";
import { errorHandle } from "../../src/modules/errors-module.ts";
import { subscriptionHandle } from "../../src/modules/events.ts";
import { programHandle } from "../../src/modules/expr.ts";
import { executorHandle } from "../../src/modules/funcs.ts";
import { nullHandle } from "../../src/modules/json/null.ts";
import { loggerHandle } from "../../src/modules/logger.ts";
import { actorHandle, policyHandle, scopeHandle } from "../../src/modules/security.ts";
import { storeHandle } from "../../src/modules/store.ts";
import { storeIterator } from "../../src/modules/store-each.ts";
import { lockHandle } from "../../src/modules/store-lock.ts";
import { differHandle } from "../../src/modules/text/differ.ts";
import { regexpHandle } from "../../src/modules/text/regexp.ts";
import { durationHandle, locationHandle, tickerHandle, timeHandle, timerHandle } from "../../src/modules/time/time.ts";

/** The types of handles of each module. */
export const handles: Readonly<Record<string, readonly HandleDescription[]>> = {
  channel: [caseHandle, channelHandle],
  errors: [errorHandle],
  events: [subscriptionHandle],
  expr: [programHandle],
  json: [nullHandle],
  funcs: [executorHandle],
  logger: [loggerHandle],
  security: [actorHandle, policyHandle, scopeHandle],
  store: [storeHandle, storeIterator, lockHandle],
  text: [differHandle, regexpHandle],
  time: [durationHandle, locationHandle, tickerHandle, timeHandle, timerHandle],
};
