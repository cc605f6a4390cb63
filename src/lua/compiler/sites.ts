/**
 * What a place in compiled code remembers of the tables that came by: their shapes, which all states share. A place
 * belongs to a function's text, so it must not remember anything of a state.
 */
import type { Shape } from "../vm/shape.ts";

/** Where a method is: in the `__index` of the metatable of tables that don't have it themselves. */
export class MethodSite {
  /** Of the object, which has no such field. */
  object: Shape | undefined = undefined;
  /** Of its metatable, and where `__index` is in it. */
  metatable: Shape | undefined = undefined;
  index = 0;
  /** Of the table with the methods, and where the method is in it. */
  shape: Shape | undefined = undefined;
  at = 0;
}

/** Where a field is, in tables of the shape that came last: the place of its tag, and the value follows. */
export class FieldSite {
  shape: Shape | undefined = undefined;
  at = 0;
  /** The shape that a table gets by the field. */
  next: Shape | undefined = undefined;
  /** That of tables without the field, which get it. */
  before: Shape | undefined = undefined;
  /** Where it is for tables that don't have it themselves. */
  behind: MethodSite | undefined = undefined;
}
