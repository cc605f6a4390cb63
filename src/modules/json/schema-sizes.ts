/** Limits for how many there are of something: characters, items, properties. */
import { wrongSize } from "./errors.ts";
import type { Json } from "./null.ts";
import { count, type Keyword } from "./schema-arguments.ts";
import type { Validation } from "./validation.ts";

/** Any value that has no such size is valid. */
export const onSize = (
  sizeOf: (value: Json, run: Validation) => number | undefined,
  holds: (size: number, limit: number) => boolean,
  wanted: string,
  unit: string,
): Keyword => {
  return (argument, place) => {
    const limit = count(argument, place);
    return (value, run) => {
      const size = sizeOf(value, run);
      return size === undefined || holds(size, limit) || run.fail(wrongSize(wanted, limit, unit, size));
    };
  };
};

export const most = (size: number, limit: number) => size <= limit;
export const least = (size: number, limit: number) => size >= limit;
