import type { ByteString } from "../../../value/value.ts";
import { newCell } from "../../vm/cell.ts";
import { addField, addItem, FEW_FIELDS, LuaTable, placesFor, setItems } from "../../vm/lua-table.ts";
import type { Shape } from "../../vm/shape.ts";
import { INTEGER, type LuaState, NIL, STRING, TABLE, type TValue, USERDATA } from "../../vm/types.ts";
import type { Edit } from "../private-copy.ts";

/**
 * `t.x`, `t[i]` and what is assigned to them, without the general way through the VM. An instruction remembers where it
 * found its key last: tables of one shape have it at the same place.
 */

/** An instruction that reads or writes a table. */
interface Site {
  readonly B: number;
  readonly C: number;
  /** Where it found this key last: in tables of this shape, at this place; */
  shape: Shape | undefined;
  key: ByteString | undefined;
  slot: number;
  /** or the shape that they got by having it added. */
  next: Shape | undefined;
}

export const mendInstructions: readonly Edit[] = [
  {
    find: "            sBx:    ((ins >> POS_Bx) & MASK1(SIZE_Bx, 0)) - MAXARG_sBx\n        };",
    put: `            sBx:    ((ins >> POS_Bx) & MASK1(SIZE_Bx, 0)) - MAXARG_sBx,
            shape:  void 0,
            key:    void 0,
            slot:   0,
            next:   void 0
        };`,
  },
];

export const mendScanner: readonly Edit[] = [
  {
    find: `    let tpair = ls.h.strong.get(luaS_hashlongstr(ts));
    if (!tpair) {`,
    put: `    let known = keyLike(ls.h, ts);
    if (!known) {`,
  },
  { find: "        ts = tpair.key.tsvalue();", put: "        ts = known;" },
];

export const mendIndexing: readonly Edit[] = [
  {
    find: "                luaV_gettable(L, upval, rc, ra);",
    put: "                if (!getAt(L, i, upval, rc, ra)) luaV_gettable(L, upval, rc, ra);",
  },
  {
    find: "                luaV_gettable(L, rb, rc, ra);",
    put: "                if (!getAt(L, i, rb, rc, ra)) luaV_gettable(L, rb, rc, ra);",
  },
  {
    find: "                luaV_gettable(L, L.stack[rb], rc, ra);",
    put: "                if (!getAt(L, i, L.stack[rb], rc, ra)) luaV_gettable(L, L.stack[rb], rc, ra);",
  },
  {
    find: "                settable(L, upval, rb, rc);",
    put: "                if (!setAt(i, upval, rb, rc)) settable(L, upval, rb, rc);",
  },
  {
    find: "                settable(L, table, key, v);",
    put: "                if (!setAt(i, table, key, v)) settable(L, table, key, v);",
  },
  {
    find: "                L.stack[ra].sethvalue(ltable.luaH_new(L));",
    put: "                L.stack[ra].sethvalue(newTableFor(L, i));",
  },
  {
    find: `                for (; n > 0; n--) {
                    ltable.luaH_setint(h, last--, L.stack[ra + n]);
                }`,
    put: "                setItems(h, last - n, L.stack, ra + 1, n);",
  },
];

/** Sizes of a constructor up to this are written as they are (`luaO_int2fb`). */
const EXACT = 16;

/** What a constructor fills next. */
export function newTableFor(L: LuaState, site: Site): LuaTable {
  const t = new LuaTable(L);
  if (site.C > 0 && site.C < EXACT) t.fields = placesFor(site.C);
  return t;
}

/**
 * Reads `t[key]` into a slot of the stack.
 * @returns false where it takes more than that
 */
export function getAt(L: LuaState, site: Site, t: TValue, key: TValue, to: number): boolean {
  let table: LuaTable;
  if (t.type === TABLE) table = t.value as LuaTable;
  else if (t.type === USERDATA || t.type === STRING) {
    const metatable = t.type === STRING ? L.l_G.mt[BASE_STRING] : (t.value as { metatable: LuaTable | null }).metatable;
    const index = metatable?.index;
    if (index === undefined || index.type !== TABLE) return false;
    table = index.value as LuaTable;
  } else return false;
  let found: TValue | undefined;
  if (key.type === STRING) {
    const slot =
      table.shape === site.shape && key.value === site.key
        ? site.slot
        : findField(site, table, key.value as ByteString);
    if (slot < 0) return false;
    found = table.fields[slot]!;
  } else if (key.type === INTEGER) {
    const n = key.value as number;
    if (n <= 0 || n > table.items.length) return false;
    found = table.items[n - 1]!;
  } else return false;
  if (found.type === NIL) return false;
  const target = L.stack[to]!;
  target.type = found.type;
  target.value = found.value;
  return true;
}

function findField(site: Site, { shape, rest }: LuaTable, key: ByteString): number {
  if (rest !== undefined) return -1;
  const slot = shape.slotOf(key);
  site.shape = shape;
  site.key = key;
  site.slot = slot;
  return slot;
}

/** The base type of strings, by which their metatable is found. */
const BASE_STRING = STRING & 0x0f;

/** An operand that is a constant of the function. */
const CONSTANT = 1 << 8;

/**
 * Sets `t[key]`.
 * @returns false where it takes more than that
 */
export function setAt(site: Site, t: TValue, key: TValue, value: TValue): boolean {
  if (t.type !== TABLE || value.type === NIL) return false;
  const table = t.value as LuaTable;
  if (table.readonly) return false;
  let place: TValue;
  if (key.type === STRING) {
    if (table.shape !== site.shape || key.value !== site.key) {
      if (table.rest !== undefined) return false;
      rememberField(site, table, key.value as ByteString);
    }
    if (site.slot < 0) {
      if (site.next === undefined || table.metatable !== null) return false;
      addField(table, site.next, newCell(value.type, value.value));
      return true;
    }
    place = table.fields[site.slot]!;
  } else if (key.type === INTEGER) {
    const { items } = table;
    const n = key.value as number;
    if (n === items.length + 1 && table.metatable === null && (table.rest === undefined || table.rest.integers === 0)) {
      addItem(table, newCell(value.type, value.value));
      return true;
    }
    if (n <= 0 || n > items.length) return false;
    place = items[n - 1]!;
  } else return false;
  if (place.type === NIL) return false;
  place.type = value.type;
  place.value = value.value;
  return true;
}

function rememberField(site: Site, { shape }: LuaTable, key: ByteString): void {
  site.shape = shape;
  site.key = key;
  site.slot = shape.slotOf(key);
  const isConstant = (site.B & CONSTANT) !== 0;
  site.next = site.slot < 0 && (isConstant || shape.length < FEW_FIELDS) ? shape.with(key) : undefined;
}

export const indexing = { getAt, newTableFor, setAt, setItems };
