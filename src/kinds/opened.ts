import type { Eventually } from "../value/eventually.ts";

/** What an entry came to: what modules get for it, and how it ends. */
export interface Opened {
  readonly value: unknown;
  readonly close?: () => Eventually<void>;
  readonly health?: HealthCheck;
}

/** How something that is open is asked how it is. */
export interface HealthCheck {
  /**
   * Asks it something small.
   * @returns what answered, with its version: `PostgreSQL 16.2`
   * @throws MoonkeepError when it does not answer, or can't be used
   */
  version(): Eventually<string>;
  /** What an operator should know of it, although it answers: `it is a read-only replica`. */
  warnings?(): Eventually<readonly string[]>;
}

/** What an entry may ask for while it is opened. */
export interface Opening {
  /** The absolute path of the registry's folder: files that entries name are relative to it. */
  readonly root: string;
  /** The environment that the host was given. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * What another entry came to, which is opened before this one and closed after it.
   * @param id of an entry that there is: loading the registry has checked references
   */
  use<T>(id: string): T;
}
