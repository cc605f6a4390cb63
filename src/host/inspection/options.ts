import type { CallOptions } from "../run-options.ts";

/** What `host.inspect` opens, and what its page may do. */
export interface InspectOptions extends Pick<CallOptions, "actor" | "groups" | "policies" | "timeout"> {
  /** On 127.0.0.1. Default: 0, any that is free. */
  readonly port?: number | undefined;
  /**
   * Whether the page may change things: edit and delete entries of stores, end runs, and run Lua at its prompt, as the
   * actor that is given here, under its policies and for `timeout` (default: 5 s) at a time. Default: false.
   */
  readonly write?: boolean | undefined;
}

/** A page that is open. It is closed with its host. */
export interface Inspector extends AsyncDisposable {
  readonly port: number;
  /** Its address with the token in it: whoever has it sees what the page shows. */
  readonly url: string;
  /** The token by itself, for `Authorization: Bearer …`. */
  readonly token: string;
  /** Closes the server and every connection, at once. Any number of times. */
  close(): Promise<void>;
}
