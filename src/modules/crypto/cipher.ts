/** Authenticated encryption: a fresh nonce, then what was encrypted, then the tag, as Go's `Seal` lays them out. */

import type { CipherGCM, DecipherGCM } from "node:crypto";
import { MoonkeepError } from "../../errors.ts";
import { reserveString, work } from "../../lua/meter/meter.ts";
import { nodeCrypto } from "../../value/node-crypto.ts";
import { ByteString, type Bytes } from "../../value/value.ts";
import { cantDecrypt, wrongKeyLength } from "./errors.ts";

export type Cipher = "aes" | "chacha20";

const NONCE: Bytes = 12;
const TAG: Bytes = 16;
const BYTES_A_STEP: Bytes = 16;
const keySizes: Readonly<Record<Cipher, readonly Bytes[]>> = { aes: [16, 24, 32], chacha20: [32] };

const invalid = (message: string) => new MoonkeepError("INVALID", message);

/** Node's name of the algorithm. @throws INVALID for a key of another size */
function algorithm(cipher: Cipher, key: ByteString): "aes-256-gcm" {
  const sizes = keySizes[cipher];
  if (!sizes.includes(key.length)) {
    throw invalid(wrongKeyLength(sizes.join(" or "), key.length));
  }
  return (cipher === "aes" ? `aes-${key.length * 8}-gcm` : "chacha20-poly1305") as "aes-256-gcm";
}

export function encrypt(cipher: Cipher, data: ByteString, key: ByteString, aad: ByteString | undefined): ByteString {
  const name = algorithm(cipher, key);
  reserveString(data.length + NONCE + TAG);
  work((data.length + (aad?.length ?? 0)) / BYTES_A_STEP);
  const nonce = nodeCrypto().randomBytes(NONCE);
  const sealer: CipherGCM = nodeCrypto().createCipheriv(name, key.bytes, nonce, { authTagLength: TAG });
  if (aad !== undefined) sealer.setAAD(aad.bytes);
  const sealed = [nonce, sealer.update(data.bytes), sealer.final(), sealer.getAuthTag()];
  return joined(sealed);
}

/** @throws INVALID when anything is not as it was: nothing is said of what, which would help to forge */
export function decrypt(cipher: Cipher, data: ByteString, key: ByteString, aad: ByteString | undefined): ByteString {
  const name = algorithm(cipher, key);
  reserveString(data.length);
  work((data.length + (aad?.length ?? 0)) / BYTES_A_STEP);
  const { bytes } = data;
  if (bytes.length < NONCE + TAG) throw cannotDecrypt();
  const opener: DecipherGCM = nodeCrypto().createDecipheriv(name, key.bytes, bytes.subarray(0, NONCE), {
    authTagLength: TAG,
  });
  if (aad !== undefined) opener.setAAD(aad.bytes);
  opener.setAuthTag(bytes.subarray(bytes.length - TAG));
  try {
    const opened = [opener.update(bytes.subarray(NONCE, bytes.length - TAG)), opener.final()];
    return joined(opened);
  } catch {
    throw cannotDecrypt();
  }
}

/** In one copy, of memory of its own. */
function joined(parts: readonly Uint8Array[]): ByteString {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return new ByteString(bytes);
}

const cannotDecrypt = () => invalid(cantDecrypt);
