/**
 * Cursors that tell nothing. A page of a store that may not be read ends after so many keys, wherever that is; where it
 * goes on is a key that the script may not see, so its cursor is sealed: encrypted and authenticated by a secret of this
 * process, and padded, so that not even the length of the key shows. The same place has the same cursor.
 */

import { MoonkeepError } from "../errors.ts";
import { type Binary, fromBinary, toBinary } from "../value/bytes.ts";
import { nodeCrypto } from "../value/node-crypto.ts";
import type { Bytes, Key } from "../value/value.ts";
import { foreignCursor } from "./errors.ts";

/** What sealed cursors begin with; a key that does has a sealed cursor, too. */
const MARK = "moonkeep-cursor:";
const NONCE: Bytes = 12;
const TAG: Bytes = 16;
/** Keys are padded to a multiple of this. */
const BLOCK: Bytes = 256;

let secret: Buffer | undefined;
const secretKey = (): Buffer => (secret ??= nodeCrypto().randomBytes(32));

/** @param store its id: a cursor of another one is none */
export function seal(key: Key, store: string): Binary {
  const plain = Buffer.alloc(Math.ceil((key.length + 1) / BLOCK) * BLOCK);
  plain.set(fromBinary(key));
  plain[key.length] = 1; // where the padding begins
  const { createCipheriv, createHmac } = nodeCrypto();
  const nonce = createHmac("sha256", secretKey()).update(store).update("\0").update(plain).digest().subarray(0, NONCE);
  const cipher = createCipheriv("aes-256-gcm", secretKey(), nonce).setAAD(Buffer.from(store));
  const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return (MARK + sealed.toString("base64url")) as Binary;
}

/** The cursor of a key that the script may see: the key itself. */
export const cursorOf = (key: Key, store: string): Binary => (key.startsWith(MARK) ? seal(key, store) : key);

/** The key that a cursor stands for. @throws MoonkeepError INVALID for a sealed one of another store or process */
export function keyOfCursor(cursor: Binary, store: string): Key {
  if (!cursor.startsWith(MARK)) return cursor;
  const sealed = Buffer.from(cursor.slice(MARK.length), "base64url");
  if (sealed.length < NONCE + TAG + BLOCK) throw notACursor();
  const opener = nodeCrypto()
    .createDecipheriv("aes-256-gcm", secretKey(), sealed.subarray(0, NONCE))
    .setAAD(Buffer.from(store))
    .setAuthTag(sealed.subarray(-TAG));
  try {
    const plain = Buffer.concat([opener.update(sealed.subarray(NONCE, -TAG)), opener.final()]);
    return toBinary(plain.subarray(0, plain.lastIndexOf(1)));
  } catch {
    throw notACursor();
  }
}

const notACursor = () => new MoonkeepError("INVALID", foreignCursor);
