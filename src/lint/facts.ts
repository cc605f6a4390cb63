/** What code can reach: what there is beside what it makes itself. */
export interface Facts {
  /** The names of globals. */
  readonly globals: ReadonlySet<string>;
  /** The fields of libraries and modules, by the names that globals and `require` have for them. */
  readonly libraries: ReadonlyMap<string, Fields>;
  /** The entries of the registry: their kinds, by their ids. Undefined where there is none. */
  readonly entries: ReadonlyMap<string, string> | undefined;
}

/** The fields of a table that can't be changed. */
export type Fields = ReadonlyMap<string, Arity | undefined>;

/** How many arguments a function takes; undefined where that is not known, or it is not a function. */
export interface Arity {
  readonly least: number;
  readonly most: number;
}
