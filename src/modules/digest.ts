/** Digests, as `hash` and `crypto` give them: Node's own cryptography, loaded for the first script that needs it. */
import type { BinaryLike } from "node:crypto";
import { MoonkeepError } from "../errors.ts";
import { optional as maybe, type Param } from "../lua/boundary/arg.ts";
import { reserveString, work } from "../lua/meter/meter.ts";
import { nodeCrypto } from "../value/node-crypto.ts";
import { ByteString, type Bytes } from "../value/value.ts";
import { oneOf } from "./params.ts";

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

const MAX_ITERATIONS = 10_000_000;
const MAX_KEY: Bytes = 1024;
/** Rounds that take about as long as one instruction of the VM. */
const ROUNDS_A_STEP = 0.05;
const digestLength = { sha256: 32, sha512: 64 } as const;

export const keyHash: Param<"sha256" | "sha512" | undefined> = maybe(oneOf("hash", ["sha256", "sha512"]));

/** A key from a password. It is worked out in another thread: the script waits, and the process goes on. */
export function pbkdf2(
  password: ByteString,
  salt: ByteString,
  iterations: number,
  length: number,
  hash: "sha256" | "sha512" = "sha256",
): Promise<ByteString> {
  if (password.length === 0) throw invalid("password: expected a string that is not empty");
  if (salt.length === 0) throw invalid("salt: expected a string that is not empty");
  if (length < 1 || length > MAX_KEY) throw invalid(`key_length: expected 1 to ${MAX_KEY} bytes, got ${length}`);
  const rounds = iterations * Math.ceil(length / digestLength[hash]);
  if (iterations < 1 || rounds > MAX_ITERATIONS) {
    throw invalid(`iterations: expected 1 to ${MAX_ITERATIONS} for each block of the key, got ${iterations}`);
  }
  reserveString(length);
  work(rounds / ROUNDS_A_STEP);
  return new Promise((resolve, reject) => {
    nodeCrypto().pbkdf2(password.bytes, salt.bytes, iterations, length, hash, (error, key) => {
      if (error) reject(error);
      else resolve(new ByteString(Uint8Array.from(key)));
    });
  });
}
