import type { Scalar } from "./tree.ts";

/** A name that a field uses or declares, which only all files together can prove right. */
export type Mention = EntryMention | SymbolDeclaration | SymbolMention;

/** The id of an entry, which has to exist and be of one of these kinds. */
export interface EntryMention {
  readonly role: "entry";
  readonly id: string;
  /** Each a kind, or a pattern such as `store.*`. */
  readonly kinds: readonly string[];
  readonly at: Scalar;
}

/** A name that is not an entry, such as a policy group, and that comes into being by being written. */
export interface SymbolDeclaration {
  readonly role: "declares";
  /** What kind of name it is, in the word for people: "group". */
  readonly symbol: string;
  readonly id: string;
}

/** The use of such a name. */
export interface SymbolMention {
  readonly role: "uses";
  readonly symbol: string;
  readonly id: string;
  readonly at: Scalar;
}
