import type { Eventually } from "../value/eventually.ts";

/** What an entry came to: what modules get for it, and how it ends. */
export interface Opened {
  readonly value: unknown;
  readonly close?: () => Eventually<void>;
}
