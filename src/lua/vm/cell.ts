import type { TValue } from "./types.ts";

type NewCell = new (type: number, value: unknown) => TValue;

// Fengari's, whose files ask for tables before they have these.
let Cell: NewCell;
/** A nil that is in no table: what is read where there is nothing. It can't be changed. */
export let nothing: TValue;

/** Before the first cell is made. */
export function bindCells(cell: NewCell, nilObject: TValue): void {
  Cell = cell;
  nothing = nilObject;
}

export const newCell = (type: number, value: unknown): TValue => new Cell(type, value);
