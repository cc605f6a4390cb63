/** What a key is to those who use it: a register, a counter, a lock. */
import type { Model } from "./checker.ts";

/** Each value is written once only, so a value stands for its version, too. Null: nothing is there. */
export type RegisterCall =
  | { readonly f: "get" | "has" | "delete" }
  | { readonly f: "set" | "putAbsent"; readonly value: string }
  | { readonly f: "putIf"; readonly value: string; readonly expected: string }
  | { readonly f: "deleteIf"; readonly expected: string }
  /** `seen` is what its last attempt read; absent: nobody knows. */
  | { readonly f: "update"; readonly value: string; readonly seen?: string | null };

/** `"exists"`, `"conflict"` and `"gone"` are refusals. */
export type RegisterAnswer = string | null | boolean;

type Kept = string | null;

const isThat = (state: Kept, expected: string) => (state === null ? "gone" : state === expected ? "that" : "conflict");

/** The answer that is right, and what is there then. */
function onRegister(state: Kept, call: RegisterCall): readonly [RegisterAnswer, Kept] {
  switch (call.f) {
    case "get":
      return [state, state];
    case "has":
      return [state !== null, state];
    case "set":
      return ["ok", call.value];
    case "putAbsent":
      return state === null ? ["ok", call.value] : ["exists", state];
    case "putIf": {
      const found = isThat(state, call.expected);
      return found === "that" ? ["ok", call.value] : [found, state];
    }
    case "delete":
      return [state !== null, null];
    case "deleteIf": {
      const found = isThat(state, call.expected);
      return found === "that" ? [true, null] : [found === "gone" ? false : found, state];
    }
    case "update":
      return call.seen === undefined || call.seen === state ? ["ok", call.value] : ["conflict", state];
  }
}

/** A model in which a call has one right answer in each state. */
function decided<State, Call, Answer>(
  start: State,
  right: (state: State, call: Call) => readonly [Answer, State],
): Model<State, Call, Answer> {
  return {
    start,
    step(state, call, answer) {
      const [expected, next] = right(state, call);
      if (answer === undefined) return next === state ? undefined : next;
      return answer === expected ? next : undefined;
    },
    nameOf: (state) => JSON.stringify(state),
  };
}

export const register: Model<Kept, RegisterCall, RegisterAnswer> = decided<Kept, RegisterCall, RegisterAnswer>(
  null,
  onRegister,
);

export type CounterCall =
  | { readonly f: "get" | "delete" }
  | { readonly f: "increment"; readonly by: number; readonly max?: number; readonly min?: number };

/** `"beyond"`: a bound was in the way. */
export type CounterAnswer = number | null | boolean | "beyond";

function onCounter(state: number | null, call: CounterCall): readonly [CounterAnswer, number | null] {
  if (call.f !== "increment") return call.f === "get" ? [state, state] : [state !== null, null];
  const { by, max = Number.POSITIVE_INFINITY, min = Number.NEGATIVE_INFINITY } = call;
  const sum = (state ?? 0) + by;
  return sum > max || sum < min ? ["beyond", state] : [sum, sum];
}

export const counter: Model<number | null, CounterCall, CounterAnswer> = decided<
  number | null,
  CounterCall,
  CounterAnswer
>(null, onCounter);

/** `expire` stands in a history, without an answer, from when the time of a hold may be up. */
export type LockCall = { readonly f: "acquire" | "release" | "expire"; readonly hold: string };

/** The number of a hold; whether a release gave up what was held. */
export type LockAnswer = number | boolean;

interface Lock {
  readonly hold: string | null;
  /** The last number, or the least that it can have been. */
  readonly number: number;
}

export const lock: Model<Lock, LockCall, LockAnswer> = {
  start: { hold: null, number: 0 },
  step({ hold, number }, call, answer) {
    if (call.f !== "acquire") {
      const isHeld = hold === call.hold;
      if (answer === undefined ? !isHeld : answer !== isHeld) return undefined;
      return { hold: isHeld ? null : hold, number };
    }
    if (hold !== null) return undefined;
    const next = answer ?? number + 1;
    return typeof next === "number" && next > number ? { hold: call.hold, number: next } : undefined;
  },
  nameOf: ({ hold, number }) => `${hold} ${number}`,
};
