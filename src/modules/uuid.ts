/** `require("uuid")`: identifiers of RFC 9562: random (v4), by time (v1, v7), and by a name in a namespace (v3, v5). */

import { MoonkeepError } from "../errors.ts";
import { type Arg, optional, type Param, stringOf } from "../lua/boundary/arg.ts";
import { defineModule, fn, type Module, plain } from "../lua/boundary/module.ts";
import { work } from "../lua/meter/meter.ts";
import { nodeCrypto } from "../value/node-crypto.ts";
import { ByteString } from "../value/value.ts";
import type { Algorithm } from "./digest.ts";
import { notAUuid } from "./errors.ts";
import { anything, beginOf, oneOf, string } from "./params.ts";

const standard = /^(?:urn:uuid:)?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i;
const simple = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i;
/** A urn is the longest form. */
const LONGEST = 45;

/** The 16 bytes that a text stands for; undefined when it is not a uuid. */
function bytesOf(text: ByteString | undefined): Buffer | undefined {
  if (text === undefined || text.length > LONGEST) return undefined;
  const parts = standard.exec(text.binary) ?? simple.exec(text.binary);
  return parts === null ? undefined : Buffer.from(parts.slice(1).join(""), "hex");
}

const uuid = (name: string): Param<Buffer> => {
  const text = string(name);
  return {
    ...text,
    read(arg) {
      const given = text.read(arg);
      const bytes = bytesOf(given);
      if (bytes !== undefined) return bytes;
      throw new MoonkeepError("INVALID", notAUuid(name, JSON.stringify(beginOf(given, LONGEST))));
    },
  };
};

function show(bytes: Uint8Array): ByteString {
  const hex = Buffer.from(bytes).toString("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return ByteString.fromAscii(parts.join("-"));
}

/** Writes the version and the variant over the bits that are theirs. */
function mark(bytes: Buffer, version: number): ByteString {
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return show(bytes);
}

const v4 = (): ByteString => ByteString.fromAscii(nodeCrypto().randomUUID());

function named(version: 3 | 5, algorithm: Algorithm) {
  return fn([uuid("namespace"), string("name")], (_, namespace, name) => {
    work(name.length / 16);
    const digest = nodeCrypto().createHash(algorithm).update(namespace).update(name.bytes).digest();
    return mark(digest.subarray(0, 16), version);
  });
}

// ---- by time: never the same moment twice, and never an earlier one, within this process ----

/** Milliseconds of Unix time, and no finer: a script gets no better clock here than `os` gives it. */
const milliseconds = () => BigInt(Math.floor(performance.timeOrigin + performance.now()));

let lastV7 = 0n;

/** Milliseconds, a counter of 12 bits that starts anywhere in its lower half, 62 random bits (RFC 9562, 6.2, method 1). */
function v7(): ByteString {
  const bytes = nodeCrypto().randomBytes(16);
  const now = (milliseconds() << 12n) | BigInt(bytes.readUInt16BE(0) & 0x7ff);
  lastV7 = now >> 12n > lastV7 >> 12n ? now : lastV7 + 1n;
  bytes.writeUIntBE(Number(lastV7 >> 12n), 0, 6);
  bytes.writeUInt16BE(Number(lastV7 & 0xfffn), 6);
  return mark(bytes, 7);
}

/** Tenths of microseconds from the beginning of the Gregorian calendar to that of Unix. */
const GREGORIAN = 0x01b21dd213814000n;
let lastV1 = 0n;
let v1Node: Buffer | undefined;

/** The node is random, as RFC 9562 asks for, and the same as long as the process runs. */
function v1(): ByteString {
  const now = milliseconds() * 10_000n + GREGORIAN;
  lastV1 = now > lastV1 ? now : lastV1 + 1n;
  if (v1Node === undefined) {
    v1Node = nodeCrypto().randomBytes(8);
    v1Node[2]! |= 1; // no card's address
  }
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(Number(lastV1 & 0xffffffffn), 0);
  bytes.writeUInt16BE(Number((lastV1 >> 32n) & 0xffffn), 4);
  bytes.writeUInt16BE(Number((lastV1 >> 48n) & 0xfffn), 6);
  v1Node.copy(bytes, 8);
  return mark(bytes, 1);
}

/** Unix time in whole seconds; undefined where the uuid has none. */
function timestampOf(bytes: Buffer): number | undefined {
  if (versionOf(bytes) === 7) return Math.floor(bytes.readUIntBE(0, 6) / 1000);
  if (versionOf(bytes) !== 1) return undefined;
  const high = BigInt(bytes.readUInt16BE(6) & 0xfff);
  const ticks = (high << 48n) | (BigInt(bytes.readUInt16BE(4)) << 32n) | BigInt(bytes.readUInt32BE(0));
  return Number((ticks - GREGORIAN) / 10_000_000n);
}

// ---- what a uuid says ----

const versionOf = (bytes: Buffer): number => bytes[6]! >> 4;

function variantOf(bytes: Buffer): string {
  const bits = bytes[8]! >> 5;
  if (bits < 4) return "NCS";
  if (bits < 6) return "RFC4122";
  return bits === 6 ? "Microsoft" : "Future";
}

const parse = (bytes: Buffer) => ({
  version: versionOf(bytes),
  variant: variantOf(bytes),
  timestamp: timestampOf(bytes),
  node: versionOf(bytes) === 1 ? bytes.toString("hex", 10) : undefined,
});

function format(bytes: Buffer, form = "standard"): ByteString {
  if (form === "simple") return ByteString.fromAscii(bytes.toString("hex"));
  return form === "urn" ? ByteString.fromAscii(`urn:uuid:${show(bytes)}`) : show(bytes);
}

const isUuid = (_: unknown, input: Arg): boolean => bytesOf(stringOf(input)) !== undefined;

export const uuidModule: Module = defineModule("uuid", {
  v1: fn([], v1),
  v3: named(3, "md5"),
  v4: fn([], v4),
  v5: named(5, "sha1"),
  v7: fn([], v7),
  validate: plain([anything("input")], isUuid),
  version: fn([uuid("uuid")], (_, bytes) => versionOf(bytes)),
  variant: fn([uuid("uuid")], (_, bytes) => variantOf(bytes)),
  parse: fn([uuid("uuid")], (_, bytes) => parse(bytes)),
  format: fn([uuid("uuid"), optional(oneOf("format", ["standard", "simple", "urn"]))], (_, bytes, form) =>
    format(bytes, form),
  ),
});
