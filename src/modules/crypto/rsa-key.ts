/**
 * RSA keys, as scripts give them. What one operation takes grows with the cube of the sizes of the numbers in a key, and
 * nothing ends it once it has begun; a made-up key can have a small modulus and huge primes, and a key of another kind
 * is worked with while it is read. So every number is looked at before OpenSSL sees the key.
 */

import type { KeyObject } from "node:crypto";
import { MoonkeepError } from "../../errors.ts";
import { MAX_RSA_BITS } from "../../limits.ts";
import { work } from "../../lua/meter/meter.ts";
import { nodeCrypto } from "../../value/node-crypto.ts";
import type { ByteString, Bytes } from "../../value/value.ts";
import { BIT_STRING, Der, OBJECT_ID, OCTET_STRING } from "./der.ts";
import {
  exponentTooLong,
  notRsa,
  notRsaPem,
  pemTooLong,
  primesTooLong,
  privateExponentTooLong,
  rsaManyPrimes,
  rsaTooLong,
  rsaTooShort,
  rsaTrailingBytes,
  rsaUnusable,
  rsaUnusedBits,
  rsaVersion,
} from "./errors.ts";

export type KeyKind = "private" | "public";

const invalid = (message: string) => new MoonkeepError("INVALID", `key: ${message}`);

/** A private key of 8192 bits takes 6.4 KB, and a certificate has some more. */
const MAX_PEM: Bytes = 16_384;
/** A shorter key has no room for a signature. */
const MIN_RSA_BITS = 512;
/** A public exponent is 65537 nearly always; a longer one makes each verification slow. */
const MAX_EXPONENT_BITS = 64;
/** By how much the two primes of a key may differ in length. */
const UNBALANCED_BITS = 64;
/** Steps of the VM that the smallest operation takes; it grows with the cube of the length. */
const STEPS_AT_1024_BITS = 6000;

const rsaEncryption = Buffer.from("2a864886f70d010101", "hex");

type Label = "RSA PRIVATE KEY" | "PRIVATE KEY" | "RSA PUBLIC KEY" | "PUBLIC KEY";
const block =
  /-----BEGIN (RSA PRIVATE KEY|PRIVATE KEY|RSA PUBLIC KEY|PUBLIC KEY|CERTIFICATE)-----\s([\w+/=\s]*)-----END \1-----/;

/**
 * What `use` makes of an RSA key in PEM; where a public one is asked for, a private key and a certificate do as well.
 * @throws MoonkeepError INVALID for anything else, for a key of more than 8192 bits, and where its numbers do not make
 * a key, which shows when it is used. Nothing of the key shows in it.
 */
export function withRsaKey<T>(pem: ByteString, kind: KeyKind, use: (key: KeyObject) => T): T {
  if (pem.length > MAX_PEM) throw invalid(pemTooLong(MAX_PEM, pem.length));
  const [whole, label, text] = block.exec(pem.binary) ?? [];
  const isPrivate = label?.endsWith("PRIVATE KEY") === true;
  if (label === undefined || (kind === "private" && !isPrivate)) throw invalid(notRsaPem(kind));
  const known = label === "CERTIFICATE" ? "PUBLIC KEY" : (label as Label);
  const refused = notRsaPem(kind);
  const der = orInvalid(refused, () =>
    label === "CERTIFICATE" ? ofCertificate(whole!) : Buffer.from(text!, "base64"),
  );
  const bits = orInvalid(refused, () => (isPrivate ? privateBits(der, known) : publicBits(der, known)));
  work(STEPS_AT_1024_BITS * (bits / 1024) ** 3);
  const key = orInvalid(refused, () => (isPrivate ? privateKey(der, known) : publicKey(der, known)));
  return orInvalid(rsaUnusable, () => use(key));
}

/** Whatever OpenSSL or the reader of a key throws, the key is what is wrong. */
function orInvalid<T>(message: string, read: () => T): T {
  try {
    return read();
  } catch (e) {
    throw e instanceof MoonkeepError ? e : invalid(message);
  }
}

/**
 * The public key of a certificate, which holds no more than that.
 * @param pem the block that was found: for one that is encrypted OpenSSL would ask for its password on the terminal
 */
const ofCertificate = (pem: string): Buffer =>
  nodeCrypto().createPublicKey(pem).export({ type: "spki", format: "der" });

const privateKey = (key: Buffer, label: Label): KeyObject =>
  nodeCrypto().createPrivateKey({ key, format: "der", type: label === "PRIVATE KEY" ? "pkcs8" : "pkcs1" });

const publicKey = (key: Buffer, label: Label): KeyObject =>
  nodeCrypto().createPublicKey({ key, format: "der", type: label === "PUBLIC KEY" ? "spki" : "pkcs1" });

/** The bits of the modulus. @throws RangeError for what is no such key */
function privateBits(der: Uint8Array, label: Label): number {
  const outer = new Der(der).sequence();
  if (outer.bits() !== 0) throw new RangeError(rsaVersion);
  if (label === "RSA PRIVATE KEY") return checkPrivate(outer);
  checkAlgorithm(outer.sequence());
  const key = new Der(outer.read(OCTET_STRING)).sequence();
  if (key.bits() !== 0) throw new RangeError(rsaManyPrimes);
  return checkPrivate(key);
}

function publicBits(der: Uint8Array, label: Label): number {
  const outer = new Der(der).sequence();
  if (label === "RSA PUBLIC KEY") return checkPublic(outer);
  checkAlgorithm(outer.sequence());
  const [unused, ...key] = outer.read(BIT_STRING);
  if (unused !== 0) throw new RangeError(rsaUnusedBits);
  return checkPublic(new Der(Uint8Array.from(key)).sequence());
}

function checkAlgorithm(identifier: Der): void {
  if (!rsaEncryption.equals(identifier.read(OBJECT_ID))) throw new RangeError(notRsa);
}

/** Modulus and public exponent. */
function checkPublic(key: Der): number {
  const bits = key.bits();
  if (bits > MAX_RSA_BITS) throw invalid(rsaTooLong(MAX_RSA_BITS, bits));
  if (bits < MIN_RSA_BITS) throw invalid(rsaTooShort(MIN_RSA_BITS, bits));
  const exponent = key.bits();
  if (exponent > MAX_EXPONENT_BITS) throw invalid(exponentTooLong(MAX_EXPONENT_BITS, exponent));
  return bits;
}

/** The same, then the private exponent, and the two primes with what belongs to them. */
function checkPrivate(key: Der): number {
  const bits = checkPublic(key);
  if (key.bits() > bits) throw invalid(privateExponentTooLong);
  const half = bits / 2 + UNBALANCED_BITS;
  for (let i = 0; i < 5; i++) if (key.bits() > half) throw invalid(primesTooLong);
  if (!key.isAtEnd) throw new RangeError(rsaTrailingBytes);
  return bits;
}
