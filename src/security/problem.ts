/** What is wrong with a policy, and where in it. */
export class PolicyProblem extends Error {
  override readonly name = "PolicyProblem";
  /** The steps from the policy to the part: `["conditions", 1, "value"]`. */
  readonly path: readonly (string | number)[];
  constructor(message: string, path: readonly (string | number)[]) {
    super(message);
    this.path = path;
  }
}
