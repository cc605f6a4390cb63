/** `require("base64")`: bytes as text and back (RFC 4648), in the standard alphabet and in the one for URLs. */

import { MoonkeepError } from "../errors.ts";
import { defineModule, fn, type Module } from "../lua/boundary/module.ts";
import { reserveString, work } from "../lua/meter/meter.ts";
import { ByteString } from "../value/value.ts";
import { endsWithinByte, notBase64, wrongPadding } from "./errors.ts";
import { string } from "./params.ts";

const view = ({ bytes }: ByteString) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

function encode(data: ByteString, alphabet: "base64" | "base64url"): ByteString {
  reserveString(Math.ceil(data.length / 3) * 4);
  work(data.length / 16);
  return ByteString.fromAscii(view(data).toString(alphabet));
}

/** Line breaks are passed over, as mail and PEM files have them. */
const standard = /[^A-Za-z0-9+/\r\n]/;
const forUrls = /[^A-Za-z0-9_-]/;

function lineBreaks(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === LINE_FEED || c === CARRIAGE_RETURN) count++;
  }
  return count;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

const invalid = (message: string) => new MoonkeepError("INVALID", `data: ${message}`);

function decode(data: ByteString, foreign: RegExp, isPadded: boolean): ByteString {
  reserveString(data.length); // it is decoded from text, which needs this much as well
  work(data.length / 4);
  const text = data.binary;
  const padding = /=*$/.exec(text.slice(-4).trimEnd())![0].length;
  const body = text.slice(0, text.trimEnd().length - padding);
  const stray = body.search(foreign);
  if (stray !== -1) {
    throw invalid(notBase64(JSON.stringify(body[stray]), stray + 1));
  }
  const letters = body.length - lineBreaks(body);
  const missing = (4 - (letters % 4)) % 4;
  if (missing === 3) throw invalid(endsWithinByte);
  if (padding !== missing && (isPadded || padding > 0)) {
    throw invalid(wrongPadding(missing, padding));
  }
  return new ByteString(Uint8Array.from(Buffer.from(body, "base64")));
}

export const base64Module: Module = defineModule("base64", {
  encode: fn([string("data")], (_, data) => encode(data, "base64")),
  decode: fn([string("data")], (_, data) => decode(data, standard, true)),
  encode_url: fn([string("data")], (_, data) => encode(data, "base64url")),
  decode_url: fn([string("data")], (_, data) => decode(data, forUrls, false)),
});
