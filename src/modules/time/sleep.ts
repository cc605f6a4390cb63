import type { ReleasedAtEnd } from "../../lua/boundary/kept-handles.ts";
import type { LocalCall } from "../call.ts";
import { Alarm } from "./alarm.ts";
import { type Duration, millisecondsOf } from "./duration.ts";

const ended: ReleasedAtEnd = {
  release: (alarm) => (alarm as Alarm).clear(),
  isReleased: (alarm) => !(alarm as Alarm).isSet,
};

/** A script that waits for nothing but time. Its timer ends with the script, and does not keep the process then. */
export function sleep(call: LocalCall, span: Duration): Promise<void> {
  const alarm = new Alarm();
  call.keep(alarm, ended);
  return new Promise((resolve) => alarm.set(millisecondsOf(span), resolve));
}
