/** Digests, as `hash` and `crypto` give them: Node's own cryptography, loaded for the first script that needs it. */

import type { BinaryLike } from "node:crypto";
import { setImmediate } from "node:timers"; // kept from the beginning: a thread gives up its globals
import { MoonkeepError } from "../errors.ts";
import { MAX_PASSWORD_BYTES, MAX_PBKDF2_ROUNDS } from "../limits.ts";
import { optional as maybe, type Param } from "../lua/boundary/arg.ts";
import { reserveString, work } from "../lua/meter/meter.ts";
import { nodeCrypto } from "../value/node-crypto.ts";
import { ByteString, type Bytes } from "../value/value.ts";
import type { LocalCall } from "./call.ts";
import { derivedKeyLength, emptyString, tooLong, tooManyIterations } from "./errors.ts";
import { oneOf } from "./params.ts";
import { inThreadPool } from "./thread-pool.ts";

export type Algorithm = "md5" | "sha1" | "sha256" | "sha512";

/** Bytes that are hashed in about the time of one instruction of the VM. */
const BYTES_A_STEP: Bytes = 16;

const result = (bytes: Buffer, raw: boolean): ByteString =>
  raw ? new ByteString(Uint8Array.from(bytes)) : ByteString.fromAscii(bytes.toString("hex"));

export function digest(algorithm: Algorithm, data: ByteString, raw = false): ByteString {
  work(data.length / BYTES_A_STEP);
  return result(nodeCrypto().createHash(algorithm).update(data.bytes).digest(), raw);
}

export function hmac(algorithm: Algorithm, data: ByteString, secret: ByteString, raw = false): ByteString {
  work((data.length + secret.length) / BYTES_A_STEP);
  return result(
    nodeCrypto()
      .createHmac(algorithm, secret.bytes as BinaryLike)
      .update(data.bytes)
      .digest(),
    raw,
  );
}

const invalid = (message: string) => new MoonkeepError("INVALID", message);

const MAX_KEY: Bytes = 1024;
/** Rounds that take about as long as one instruction of the VM. */
const ROUNDS_A_STEP = 0.05;
const digestLength = { sha256: 32, sha512: 64 } as const;

export type KeyHash = keyof typeof digestLength;

export const keyHash: Param<KeyHash | undefined> = maybe(oneOf("hash", ["sha256", "sha512"]));

function check(password: ByteString, salt: ByteString, iterations: number, length: Bytes, hash: KeyHash): number {
  for (const [name, text] of Object.entries({ password, salt })) {
    if (text.length === 0) throw invalid(emptyString(name));
    if (text.length > MAX_PASSWORD_BYTES) {
      throw invalid(tooLong(name, MAX_PASSWORD_BYTES, text.length));
    }
  }
  if (length < 1 || length > MAX_KEY) throw invalid(derivedKeyLength(MAX_KEY, length));
  const rounds = iterations * Math.ceil(length / digestLength[hash]);
  if (iterations >= 1 && rounds <= MAX_PBKDF2_ROUNDS) return rounds;
  throw invalid(tooManyIterations(MAX_PBKDF2_ROUNDS, iterations));
}

/** A script in a thread of its own holds up nobody else while it computes there. */
let isAlone = false;
export function computeInThisThread(): void {
  isAlone = true;
}

/**
 * A key from a password. It is worked out in another thread: the script waits, and the process goes on. In a thread that
 * has but one script, it is worked out there.
 */
export function pbkdf2(
  call: LocalCall,
  password: ByteString,
  salt: ByteString,
  iterations: number,
  length: Bytes,
  hash: KeyHash = "sha256",
): Promise<ByteString> {
  const rounds = check(password, salt, iterations, length, hash);
  reserveString(length);
  work(rounds / ROUNDS_A_STEP);
  const args = [password.bytes, salt.bytes, iterations, length, hash] as const;
  const begin = isAlone
    ? (done: (error: null, key: Buffer) => void) =>
        void setImmediate(() => done(null, nodeCrypto().pbkdf2Sync(...args)))
    : (done: (error: Error | null, key: Buffer) => void) => nodeCrypto().pbkdf2(...args, done);
  return inThreadPool<Buffer>(call, begin).then((key) => new ByteString(Uint8Array.from(key)));
}
