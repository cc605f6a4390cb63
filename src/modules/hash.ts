/** `require("hash")`: digests, keyed digests, and keys from passwords. */
import { boolean, integer, optional } from "../lua/boundary/arg.ts";
import { defineModule, fn, type Module } from "../lua/boundary/module.ts";
import { work } from "../lua/meter/meter.ts";
import { ByteString } from "../value/value.ts";
import type { LocalCall } from "./call.ts";
import { type Algorithm, digest, hmac, keyHash, pbkdf2 } from "./digest.ts";
import { string } from "./params.ts";

const data = string("data");
const raw = optional(boolean("raw"));

const digestBy = (algorithm: Algorithm) => fn([data, raw], (_, text, asBytes) => digest(algorithm, text, asBytes));
const hmacBy = (algorithm: Algorithm) =>
  fn([data, string("secret"), raw], (_, text, secret, asBytes) => hmac(algorithm, text, secret, asBytes));

/** FNV-1 of 32 bits. */
function fnv32(text: ByteString): number {
  work(text.length / 8);
  let h = 0x811c9dc5;
  for (const byte of text.bytes) h = Math.imul(h, 0x01000193) ^ byte;
  return h >>> 0;
}

/** FNV-1 of 64 bits, as 16 hexadecimal digits: no number of Lua's holds it here. The prime is 2^40 + 0x1b3. */
function fnv64(text: ByteString): ByteString {
  work(text.length / 4);
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const byte of text.bytes) {
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0;
    low = ((product >>> 0) ^ byte) >>> 0;
  }
  return ByteString.fromAscii(high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0"));
}

export const hashModule: Module = defineModule("hash", {
  md5: digestBy("md5"),
  sha1: digestBy("sha1"),
  sha256: digestBy("sha256"),
  sha512: digestBy("sha512"),
  hmac_md5: hmacBy("md5"),
  hmac_sha1: hmacBy("sha1"),
  hmac_sha256: hmacBy("sha256"),
  hmac_sha512: hmacBy("sha512"),
  fnv32: fn([data], (_, text) => fnv32(text)),
  fnv64: fn([data], (_, text) => fnv64(text)),
  pbkdf2: fn(
    [string("password"), string("salt"), integer("iterations"), integer("key_length"), keyHash],
    (call: LocalCall, password, salt, iterations, length, hash) =>
      pbkdf2(call, password, salt, iterations, length, hash),
  ),
});
