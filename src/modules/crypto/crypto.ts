/** `require("crypto")`: random bytes, keyed digests, authenticated encryption, signed tokens, keys from passwords. */

import { MoonkeepError } from "../../errors.ts";
import { type Arg, boolean, integer, isNil, optional, type Param, plainOf, typeOf } from "../../lua/boundary/arg.ts";
import { Refused } from "../../lua/boundary/marshal.ts";
import { defineModule, fn, type Module, plain } from "../../lua/boundary/module.ts";
import { wallClock } from "../../value/clock.ts";
import { nodeCrypto } from "../../value/node-crypto.ts";
import { ByteString, Table } from "../../value/value.ts";
import type { LocalCall } from "../call.ts";
import { hmac, keyHash, pbkdf2 } from "../digest.ts";
import { oneOf, string } from "../params.ts";
import { type Cipher, decrypt, encrypt } from "./cipher.ts";
import { emptyKey, noJsonForm, payloadNotTable } from "./errors.ts";
import { encode, jwtAlgorithms, verify } from "./jwt.ts";
import { randomBytes, randomString } from "./random.ts";

const key = string("key");

function keyed(algorithm: "sha256" | "sha512") {
  return fn([key, string("data")], (_, secret, data) => {
    if (secret.length === 0) throw new MoonkeepError("INVALID", emptyKey);
    return hmac(algorithm, data, secret);
  });
}

const cipherParams = [string("data"), key, optional(string("aad"))] as const;
const encrypter = (cipher: Cipher) => fn(cipherParams, (_, data, secret, aad) => encrypt(cipher, data, secret, aad));
const decrypter = (cipher: Cipher) => fn(cipherParams, (_, data, secret, aad) => decrypt(cipher, data, secret, aad));

const claims: Param<Table> = {
  name: "payload",
  type: "table",
  optional: false,
  read(arg: Arg) {
    try {
      const given = isNil(arg) ? undefined : plainOf(arg);
      if (given instanceof Table) return given;
    } catch (e) {
      throw e instanceof Refused ? new MoonkeepError("INVALID", noJsonForm(e.place("payload"), e.what)) : e;
    }
    throw new MoonkeepError("INVALID", payloadNotTable(typeOf(arg)));
  },
};
const alg = optional(oneOf("alg", jwtAlgorithms));

function isEqual(a: ByteString, b: ByteString): boolean {
  return a.length === b.length && nodeCrypto().timingSafeEqual(a.bytes, b.bytes);
}

export const cryptoModule: Module = defineModule("crypto", {
  random: {
    bytes: fn([integer("length")], (_, length) => randomBytes(length)),
    string: fn([integer("length"), optional(string("charset"))], (_, length, charset) => randomString(length, charset)),
    uuid: fn([], () => ByteString.fromAscii(nodeCrypto().randomUUID())),
  },
  hmac: { sha256: keyed("sha256"), sha512: keyed("sha512") },
  encrypt: { aes: encrypter("aes"), chacha20: encrypter("chacha20") },
  decrypt: { aes: decrypter("aes"), chacha20: decrypter("chacha20") },
  jwt: {
    encode: fn([claims, key, alg], (_, payload, secret, algorithm = "HS256") => encode(payload, secret, algorithm)),
    verify: fn(
      [string("token"), key, alg, optional(boolean("require_exp"))],
      (_, token, secret, algorithm = "HS256", needsExpiry = true) =>
        verify(token, secret, algorithm, needsExpiry, wallClock.now() / 1000),
    ),
  },
  pbkdf2: fn(
    [string("password"), string("salt"), integer("iterations"), integer("key_length"), keyHash],
    (call: LocalCall, password, salt, iterations, length, hash) =>
      pbkdf2(call, password, salt, iterations, length, hash),
  ),
  constant_time_compare: plain([string("a"), string("b")], (_, a, b) => isEqual(a, b)),
});
