/** Every sentence that is said of keys, tokens and ciphers. */

export const wrongKeyLength = (sizes: string, given: number): string => `key: expected ${sizes} bytes, got ${given}`;

export const cantDecrypt = "data: can't be decrypted with this key and this additional data";

export const emptyKey = "key: expected a string that is not empty";

export const noJsonForm = (place: string, what: string): string => `${place}: ${what} has no JSON form`;

export const payloadNotTable = (type: string): string => `payload: expected a table, got ${type}`;

export const wrongDerType = "a value of another type";

export const derTooShort = "the bytes end too early";

export const derNotWhole = "not a whole number";

export const derExtraZeros = "an integer with too many leading zeros";

export const derBadLength = "a malformed length";

export const derLongLength = "a length that is not in its shortest form";

export const keyTooLong = (most: number, given: number): string => `key: expected at most ${most} bytes, got ${given}`;

export const tokenTooLong = (most: number, wanted: number): string =>
  `payload: a token has at most ${most} bytes, and this one would have ${wanted} or more`;

export const payloadIsList = "payload: expected claims by name, got a list";

export const headerNotTable = "payload._header: expected a table of names and values";

export const notASignedToken = "token: this is not a signed token";

export const wrongAlgorithm = (algorithm: string): string => `token: it is not signed with ${algorithm}`;

export const criticalExtensions = "token: it has critical extensions (crit), and none is supported";

export const wrongSignature = "token: its signature is wrong";

export const noExpiry = "token: it has no exp, so it never expires";

export const tokenExpired = "token: it has expired";

export const tokenNotYetValid = "token: it is not valid yet";

export const claimNotNumber = (claim: string): string => `token: its ${claim} is not a number`;

export const randomLength = (most: number, given: number): string =>
  `length: expected 1 to ${most} bytes, got ${given}`;

export const charsetLength = (given: number): string => `charset: expected 1 to 256 bytes, got ${given}`;

export const pemTooLong = (most: number, given: number): string => `expected at most ${most} bytes, got ${given}`;

export const notRsaPem = (kind: string): string => `not a ${kind} RSA key in PEM`;

export const rsaVersion = "a key of another version, or of more than two primes";

export const rsaManyPrimes = "a key of more than two primes";

export const rsaUnusedBits = "a key with unused bits";

export const notRsa = "a key of another algorithm";

export const rsaTooLong = (most: number, given: number): string =>
  `expected an RSA key of at most ${most} bits, got ${given}`;

export const rsaTooShort = (least: number, given: number): string =>
  `expected an RSA key of at least ${least} bits, got ${given}`;

export const rsaUnusable = "this RSA key can't be used, its numbers do not make a key";

export const exponentTooLong = (most: number, given: number): string =>
  `expected a public exponent of at most ${most} bits, got ${given}`;

export const privateExponentTooLong = "its private exponent is longer than its modulus";

export const primesTooLong = "its primes are longer than half of its modulus";

export const rsaTrailingBytes = "more bytes than a key of two primes has";
