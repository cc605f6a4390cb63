/** What a host function takes: declared parameters, and what they are read from. */

declare const arg: unique symbol;

/** An argument as it lies in the VM. Valid only while it is being read. */
export interface Arg {
  readonly [arg]: true;
}

export interface Param<T> {
  readonly name: string;
  /** For documentation: `string`, `integer`, `string|number`. */
  readonly type: string;
  readonly optional: boolean;
  /** Takes all arguments that are left, one by one; the function gets a list of them. Only the last parameter can. */
  readonly rest?: true;
  /** @throws MoonkeepError INVALID when the argument is not what it should be. */
  read(arg: Arg): T;
}
