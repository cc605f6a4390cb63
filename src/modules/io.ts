/**
 * What the global `io` of a script does its work by (lua/run/io-source.ts): it is in no list of modules, and there only
 * for a run that was given a standard input and output.
 */
import { integer, optional } from "../lua/boundary/arg.ts";
import { defineModule, type Module, plain } from "../lua/boundary/module.ts";
import type { Allowances } from "../lua/limits/allowance.ts";
import { handle } from "../lua/meter/meter.ts";
import type { Eventually } from "../value/eventually.ts";
import type { ByteString, Bytes } from "../value/value.ts";
import { oneOf, string } from "./params.ts";

/** By which name a thread asks for it. */
export const IO = "moonkeep.io";

/** The standard streams of a run. */
export interface Streams {
  /** Counts as output of the script. */
  write(to: "output" | "error", bytes: Uint8Array): void;
  /**
   * A line (`l`), a line with its end (`L`), all that is left (`a`), the text of a number (`n`), or so many bytes (`b`).
   * @returns undefined at the end
   */
  read(what: ReadKind, count: number): Eventually<ByteString | undefined>;
  /** How many bytes were read of the input since it was asked last. */
  takeCount(): Bytes;
}

export type ReadKind = "l" | "L" | "a" | "n" | "b";

interface Context {
  readonly streams: Streams | undefined;
  readonly allowances: Allowances;
}

/** Only runs that have streams get at this module. */
const streamsOf = ({ streams }: Context): Streams => streams!;

export const ioModule: Module = defineModule<Context>(IO, {
  write: plain([oneOf("stream", ["output", "error"]), string("text")], (context: Context, to, text) => {
    context.allowances.output.spend(text.length);
    streamsOf(context).write(to, text.bytes);
  }),
  read: plain(
    [oneOf("what", ["l", "L", "a", "n", "b"]), optional(integer("count"))],
    (context: Context, what, count = 0) => {
      const streams = streamsOf(context);
      handle(streams.takeCount()); // how much it would be was not known before
      return streams.read(what, count);
    },
  ),
});
