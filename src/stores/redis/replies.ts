/**
 * What replies are, as the client hands them over: whoever asks knows what each has to be. All of these throw
 * UnreadableAnswer for anything else.
 */
import { UnreadableAnswer } from "../errors.ts";

export function bytesIn(reply: unknown): Buffer {
  if (reply instanceof Buffer) return reply;
  throw new UnreadableAnswer();
}

/** No integer that a command or a script of ours answers is less than -2. */
export function integerIn(reply: unknown, least = -2): number {
  if (Number.isSafeInteger(reply) && (reply as number) >= least) return reply as number;
  throw new UnreadableAnswer();
}

/** A number that a script answers as text. */
export function numberIn(reply: unknown): number {
  const text = bytesIn(reply).toString("latin1");
  const number = Number(text);
  if (text !== "" && Number.isFinite(number)) return number;
  throw new UnreadableAnswer();
}

/** @param length how many there have to be; absent: any number */
export function listIn<T>(reply: unknown, read: (one: unknown) => T, length?: number): T[] {
  if (!Array.isArray(reply) || (length !== undefined && reply.length !== length)) throw new UnreadableAnswer();
  return reply.map((one) => read(one));
}
