/** The same question as the checker's, answered by trying every order: for a handful of operations. */
import type { Model, Operation } from "./checker.ts";

/** Every operation that was answered has a place in an order, and any of the others may have one. */
export function isLinearizable<State, Call, Answer>(
  model: Model<State, Call, Answer>,
  history: readonly Operation<Call, Answer>[],
): boolean {
  const answered = history.filter(({ to }) => to !== undefined);
  const open = history.filter(({ to }) => to === undefined);
  return subsets(open).some((assumed) =>
    orders([...answered, ...assumed]).some((order) => keepsTime(order) && isAllowed(model, order)),
  );
}

function subsets<T>([first, ...others]: readonly T[]): T[][] {
  if (first === undefined) return [[]];
  return subsets(others).flatMap((some) => [some, [first, ...some]]);
}

const orders = <T>(all: readonly T[]): T[][] =>
  all.length === 0
    ? [[]]
    : all.flatMap((one, i) => orders([...all.slice(0, i), ...all.slice(i + 1)]).map((order) => [one, ...order]));

/** Whether nothing comes before what was answered before it was called. */
const keepsTime = (order: readonly Operation[]): boolean =>
  order.every(({ from }, i) => order.slice(i + 1).every(({ to = Number.POSITIVE_INFINITY }) => to >= from));

function isAllowed<State, Call, Answer>(
  model: Model<State, Call, Answer>,
  order: readonly Operation<Call, Answer>[],
): boolean {
  let state: State | undefined = model.start;
  for (const { call, answer } of order) {
    state = model.step(state, call, answer);
    if (state === undefined) return false;
  }
  return true;
}
