/** JSON Web Tokens (RFC 7519) in the compact form, signed. The verifier says which algorithm it wants, never the token. */

import { MoonkeepError } from "../../errors.ts";
import { reserveString, work } from "../../lua/meter/meter.ts";
import { nodeCrypto } from "../../value/node-crypto.ts";
import { ByteString, Float, noItems, Table, type Value } from "../../value/value.ts";
import { decode as decodeJson } from "../json/decode.ts";
import { encode as encodeJson } from "../json/encode.ts";
import {
  claimNotNumber,
  criticalExtensions,
  emptyKey,
  headerNotTable,
  keyTooLong,
  noExpiry,
  notASignedToken,
  payloadIsList,
  tokenExpired,
  tokenNotYetValid,
  tokenTooLong,
  wrongAlgorithm,
  wrongSignature,
} from "./errors.ts";
import { withRsaKey } from "./rsa-key.ts";

export const jwtAlgorithms = ["HS256", "HS384", "HS512", "RS256"] as const;
export type JwtAlgorithm = (typeof jwtAlgorithms)[number];

const invalid = (message: string, reason?: string) =>
  new MoonkeepError("INVALID", message, reason === undefined ? {} : { details: { reason } });

const LONGEST_TOKEN = 1 << 20;
const LARGEST_KEY = 1 << 16;
const BYTES_A_STEP = 16;

const toJson = (value: Value) => encodeJson(value, { indent: 0, empty: "object", sort: false }).toString();
const base64url = (text: string | Uint8Array) => Buffer.from(text as string).toString("base64url");

function checkKey(key: ByteString): void {
  if (key.length === 0) throw invalid(emptyKey);
  if (key.length > LARGEST_KEY) throw invalid(keyTooLong(LARGEST_KEY, key.length));
}

function hmac(text: string, key: ByteString, algorithm: JwtAlgorithm): Buffer {
  return nodeCrypto()
    .createHmac(`sha${algorithm.slice(2)}`, key.bytes)
    .update(text)
    .digest();
}

function sign(text: string, key: ByteString, algorithm: JwtAlgorithm): Buffer {
  if (algorithm !== "RS256") return hmac(text, key, algorithm);
  return withRsaKey(key, "private", (rsa) => nodeCrypto().sign("sha256", Buffer.from(text), rsa));
}

function isSigned(text: string, signature: Buffer, key: ByteString, algorithm: JwtAlgorithm): boolean {
  if (algorithm === "RS256") {
    return withRsaKey(key, "public", (rsa) => nodeCrypto().verify("sha256", Buffer.from(text), rsa, signature));
  }
  const right = hmac(text, key, algorithm);
  return right.length === signature.length && nodeCrypto().timingSafeEqual(right, signature);
}

/** A field of a table that only has names. */
function field(table: Table, name: string): Value | undefined {
  return table.values[table.keys.findIndex((key) => String(key) === name)];
}

function without(table: Table, names: readonly string[]): Table {
  const kept = table.keys.map((_, i) => i).filter((i) => !names.includes(String(table.keys[i])));
  return new Table(
    noItems,
    kept.map((i) => table.keys[i]!),
    kept.map((i) => table.values[i]!),
  );
}

/** @param payload claims; `_header` among them has further fields of the header, `alg` and `typ` excepted */
export function encode(payload: Table, key: ByteString, algorithm: JwtAlgorithm): ByteString {
  checkKey(key);
  if (payload.items.length > 0) throw invalid(payloadIsList);
  const more = field(payload, "_header");
  if (more !== undefined && !(more instanceof Table && more.items.length === 0)) {
    throw invalid(headerNotTable);
  }
  const fixed = new Table(
    noItems,
    ["alg", "typ"].map(ByteString.fromText),
    [algorithm, "JWT"].map(ByteString.fromText),
  );
  const others = more === undefined ? fixed : without(more, ["alg", "typ"]);
  const header =
    more === undefined
      ? fixed
      : new Table(noItems, [...fixed.keys, ...others.keys], [...fixed.values, ...others.values]);
  const parts = [toJson(header), toJson(without(payload, ["_header"]))] as const;
  const length = parts.reduce((sum, part) => sum + Math.ceil((4 / 3) * Buffer.byteLength(part)), 0);
  checkLength(length);
  const text = parts.map(base64url).join(".");
  work(text.length / BYTES_A_STEP);
  reserveString(text.length);
  const token = `${text}.${base64url(sign(text, key, algorithm))}`;
  checkLength(token.length);
  return ByteString.fromAscii(token);
}

/** @throws MoonkeepError INVALID for a token that `verify` would not read */
function checkLength(length: number): void {
  if (length > LONGEST_TOKEN) throw invalid(tokenTooLong(LONGEST_TOKEN, length));
}

const notAToken = () => invalid(notASignedToken, "malformed");

/** A part of a token: a JSON object in base64url, in just the letters that stand for its bytes. */
function part(text: string): Table {
  const bytes = Buffer.from(text, "base64url");
  if (bytes.toString("base64url") !== text) throw notAToken();
  try {
    const json = decodeJson(new ByteString(Uint8Array.from(bytes)), { nulls: false });
    if (json instanceof Table && json.items.length === 0) return json;
  } catch (e) {
    if (!(e instanceof MoonkeepError)) throw e;
  }
  throw notAToken();
}

/**
 * The claims of a token whose signature is right, and whose time it is.
 * @param now seconds of Unix time
 * @throws INVALID; `details().reason` is malformed, algorithm, signature, expired, not_yet_valid or no_expiry
 */
export function verify(
  token: ByteString,
  key: ByteString,
  algorithm: JwtAlgorithm,
  needsExpiry: boolean,
  now: number,
): Table {
  checkKey(key);
  if (token.length > LONGEST_TOKEN) throw notAToken();
  work(token.length / BYTES_A_STEP);
  const parts = token.toString().split(".");
  if (parts.length !== 3) throw notAToken();
  const [head, body, signature] = parts as [string, string, string];
  const header = part(head);
  if (String(field(header, "alg")) !== algorithm) {
    throw invalid(wrongAlgorithm(algorithm), "algorithm");
  }
  if (field(header, "crit") !== undefined) throw invalid(criticalExtensions, "malformed");
  const signed = Buffer.from(signature, "base64url");
  if (signed.toString("base64url") !== signature || !isSigned(`${head}.${body}`, signed, key, algorithm)) {
    throw invalid(wrongSignature, "signature");
  }
  const claims = part(body);
  const expiry = moment(claims, "exp");
  if (expiry === undefined && needsExpiry) throw invalid(noExpiry, "no_expiry");
  if (expiry !== undefined && now >= expiry) throw invalid(tokenExpired, "expired");
  const start = moment(claims, "nbf");
  if (start !== undefined && now < start) throw invalid(tokenNotYetValid, "not_yet_valid");
  return claims;
}

function moment(claims: Table, name: string): number | undefined {
  const value = field(claims, name);
  const n = value instanceof Float ? value.value : typeof value === "bigint" ? Number(value) : value;
  if (n === undefined || typeof n === "number") return n;
  throw invalid(claimNotNumber(name), "malformed");
}
