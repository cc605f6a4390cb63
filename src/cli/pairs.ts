/** Data as people type it on a command line. */
import { InvalidArgumentError } from "commander";
import { parseJson } from "../value/json.ts";
import { notAPair, notJsonPair } from "./errors.ts";

export type Pairs = Readonly<Record<string, unknown>>;

/** `team=core` is a text, `level:=7` JSON. @param before the pairs that came before */
export function pairs(pair: string, before: Pairs = {}): Pairs {
  const at = pair.indexOf("=");
  const isJson = pair[at - 1] === ":";
  const name = pair.slice(0, isJson ? at - 1 : at);
  if (at < 1 || name === "") throw new InvalidArgumentError(notAPair);
  const text = pair.slice(at + 1);
  return { ...before, [name]: isJson ? json(name, text) : text };
}

function json(name: string, text: string): unknown {
  try {
    return parseJson(text);
  } catch (e) {
    throw new InvalidArgumentError(notJsonPair(name, (e as Error).message));
  }
}
