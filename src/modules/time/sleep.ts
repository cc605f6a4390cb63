import type { LocalCall } from "../call.ts";
import { Alarm } from "./alarm.ts";
import { type Duration, millisecondsOf } from "./duration.ts";

/** A script that waits for nothing but time. Its timer ends with the call, and does not keep the process then. */
export function sleep(call: LocalCall, span: Duration): Promise<void> {
  const alarm = new Alarm();
  const forget = call.atEnd(() => alarm.clear());
  return new Promise((resolve) =>
    alarm.set(millisecondsOf(span), () => {
      forget();
      resolve();
    }),
  );
}
