/**
 * Finds the policies that may apply to an action on a resource without asking all of them. A pattern can only match a
 * text that begins with what stands before its first star, so policies lie in a map by that beginning, once for their
 * actions and once for their resources. A question looks up the beginnings of its own text, of the lengths that occur,
 * and goes on with the shorter of the two lists.
 */
import type { Policy } from "./policy.ts";

/** Policies by the literal beginning of their patterns. */
class ByBeginning {
  readonly #lists = new Map<string, number[]>();
  /** The lengths of beginnings that occur. */
  readonly #lengths = new Set<number>();

  add(patterns: readonly string[], position: number): void {
    for (const beginning of new Set(patterns.map((pattern) => pattern.split("*", 1)[0]!))) {
      this.#lengths.add(beginning.length);
      const list = this.#lists.get(beginning);
      if (list === undefined) this.#lists.set(beginning, [position]);
      else list.push(position);
    }
  }

  /** The lists that the text leads to; a policy may be in more than one. */
  find(text: string): readonly number[][] {
    const lists: number[][] = [];
    for (const length of this.#lengths) {
      const list = length <= text.length ? this.#lists.get(text.slice(0, length)) : undefined;
      if (list !== undefined) lists.push(list);
    }
    return lists;
  }
}

export class PolicyIndex {
  readonly #policies: readonly Policy[];
  readonly #actions = new ByBeginning();
  readonly #resources = new ByBeginning();

  constructor(policies: readonly Policy[]) {
    this.#policies = policies;
    policies.forEach(({ actions, resources }, position) => {
      this.#actions.add(actions, position);
      this.#resources.add(resources, position);
    });
  }

  /** The policies whose patterns match both, in their order. */
  find(action: string, resource: string): readonly Policy[] {
    const byAction = this.#actions.find(action);
    const byResource = this.#resources.find(resource);
    const found: Policy[] = [];
    for (const position of inOrder(total(byAction) < total(byResource) ? byAction : byResource)) {
      const policy = this.#policies[position]!;
      if (policy.matchesAction(action) && policy.matchesResource(resource)) found.push(policy);
    }
    return found;
  }
}

function total(lists: readonly number[][]): number {
  let sum = 0;
  for (const { length } of lists) sum += length;
  return sum;
}

/** Each list is in order, and no position is twice in one. */
function inOrder(lists: readonly number[][]): readonly number[] {
  return lists.length > 1 ? [...new Set(lists.flat())].sort((a, b) => a - b) : (lists[0] ?? []);
}
