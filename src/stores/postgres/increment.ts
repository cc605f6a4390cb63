/**
 * Adding to a counter in one statement. Values are bytes, as docs/encoding.md has them; integers of up to 53 bits are
 * few enough cases to be read and written in SQL. Whatever else there is (floats, larger integers, a bound that would be
 * crossed, a row that has expired) changes nothing, and is worked out where values are known.
 */
import { LEAST, MOST } from "../sql/plain-increment.ts";

/**
 * The integer of up to 53 bits, and a sign, in a column; NULL for any other value. A cast to `bit` fills up at the lower
 * end.
 */
function integerIn(v: string): string {
  const tag = `get_byte(${v}, 1)`;
  const bits = `('x' || encode(substring(${v} from 3), 'hex'))::bit(32)::int`;
  const high = `substring(${v} from 3 for 2)`;
  return (
    `CASE WHEN length(${v}) NOT BETWEEN 2 AND 10 THEN NULL ` +
    `WHEN length(${v}) = 10 AND get_byte(${v}, 0) = ${0xc0} AND ${tag} = ${0xe9} AND ` +
    `(${high} <= '\\x001f'::bytea OR ${high} >= '\\xffe0'::bytea) ` +
    `THEN ('x' || encode(substring(${v} from 3), 'hex'))::bit(64)::int8 ` +
    `WHEN get_byte(${v}, 0) <> ${0xc1} THEN NULL ` +
    `WHEN length(${v}) = 2 AND ${tag} <= ${0x7f} THEN ${tag} ` +
    `WHEN length(${v}) = 2 AND ${tag} >= ${0xf0} THEN ${tag} - 256 ` +
    `WHEN length(${v}) = 3 AND ${tag} = ${0xe2} THEN ${bits} >> 24 ` +
    `WHEN length(${v}) = 4 AND ${tag} = ${0xe3} THEN ${bits} >> 16 ` +
    `WHEN length(${v}) = 6 AND ${tag} = ${0xe4} THEN ${bits} END::int8`
  );
}

/** The bytes of an integer of up to 64 bits. */
const bytesOf = (n: string): string =>
  `CASE WHEN ${n} BETWEEN -16 AND 127 THEN set_byte('\\xc100'::bytea, 1, (${n} & 255)::int) ` +
  `WHEN ${n} BETWEEN -128 AND 127 THEN '\\xc1e2'::bytea || substring(int4send(${n}::int) from 4) ` +
  `WHEN ${n} BETWEEN -32768 AND 32767 THEN '\\xc1e3'::bytea || substring(int4send(${n}::int) from 3) ` +
  `WHEN ${n} BETWEEN -2147483648 AND 2147483647 THEN '\\xc1e4'::bytea || int4send(${n}::int) ` +
  `ELSE '\\xc0e9'::bytea || int8send(${n}) END`;

/** Assignments, and a condition, for a row that is there. */
export function addition(v: string, by: string, min: string, max: string): { value: string; where: string } {
  const sum = `${integerIn(v)} + ${by}::int8`;
  return {
    value: `(SELECT ${bytesOf("n")} FROM (SELECT ${sum} AS n OFFSET 0) AS sum)`,
    where: `${sum} BETWEEN greatest(${min}::int8, ${LEAST}) AND least(${max}::int8, ${MOST})`,
  };
}
