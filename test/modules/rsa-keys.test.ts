import { generateKeyPairSync, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { cacheHost } from "../support/host.ts";

/** DER: a tag, the length, the content. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

/** An integer of so many bits: odd, and the highest bit set. */
function integer(bits: number): Buffer {
  const bytes = randomBytes(Math.ceil(bits / 8));
  bytes[0] = (1 << ((bits - 1) % 8)) | (bytes[0]! & ((1 << ((bits - 1) % 8)) - 1));
  bytes[bytes.length - 1]! |= 1;
  return der(0x02, bytes[0]! > 127 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

const zero = der(0x02, Buffer.of(0));
const pem = (label: string, bytes: Buffer) =>
  `-----BEGIN ${label}-----\n${bytes.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`;

/** A made-up private key. */
interface Made {
  readonly n?: number;
  readonly e?: number;
  readonly d?: number;
  readonly p?: number;
  readonly q?: number;
  readonly more?: readonly Buffer[];
  readonly version?: Buffer;
}
function privateKey({ n = 2048, e = 17, d = n - 1, p = n / 2, q = n / 2, more = [], version = zero }: Made = {}) {
  const numbers = [n, e, d, p, q, p - 1, q - 1, p - 1].map(integer);
  return pem("RSA PRIVATE KEY", der(0x30, version, ...numbers, ...more));
}

/** The numbers of a key of OpenSSL's own: modulus, exponents, primes and what belongs to them. */
const jwk = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({ format: "jwk" });
const good = (["n", "e", "d", "p", "q", "dp", "dq", "qi"] as const).map((name) =>
  BigInt(`0x${Buffer.from(jwk[name]!, "base64url").toString("hex")}`),
);

function exactly(n: bigint): Buffer {
  const hex = n.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return der(0x02, bytes[0]! > 127 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

const dsa = Buffer.from("2a8648ce380401", "hex");

describe("an RSA key is refused before anything is computed with it", () => {
  it.each([
    ["with a modulus of 8200 bits", privateKey({ n: 8200 }), /at most 8192 bits, got 8200/],
    ["with a modulus of 32768 bits", privateKey({ n: 32_768 }), /at most 8192 bits, got 32768|at most 16384 bytes/],
    ["with primes as long as it can hold", privateKey({ n: 1024, p: 20_000, q: 20_000 }), /primes are longer|16384/],
    ["with one long prime", privateKey({ n: 1024, p: 40_000 }), /primes are longer|at most 16384 bytes/],
    ["with a long public exponent", privateKey({ e: 2040 }), /public exponent of at most 64 bits, got 2040/],
    ["with a long private exponent", privateKey({ n: 1024, d: 9000 }), /private exponent is longer/],
    [
      "with a third prime",
      privateKey({ version: der(0x02, Buffer.of(1)), more: [integer(9000)] }),
      /not a private RSA key/,
    ],
    ["with more behind its numbers", privateKey({ more: [integer(9000)] }), /not a private RSA key/],
    [
      "of another algorithm, whose numbers are worked with while it is read",
      pem("PRIVATE KEY", der(0x30, zero, der(0x30, der(0x06, dsa)), der(0x04, integer(9000)))),
      /not a private RSA key/,
    ],
    [
      "that is encrypted",
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
      /not a private/,
    ],
    ["that is cut off", privateKey().replace(/\n.*\n-----END/, "\n-----END"), /not a private RSA key/],
    ["that is empty inside", pem("RSA PRIVATE KEY", Buffer.of()), /not a private RSA key/],
    ["with a length that has no end", pem("RSA PRIVATE KEY", Buffer.from("3080", "hex")), /not a private RSA key/],
  ])("%s", async (_, key, message) => {
    await using host = await cacheHost();
    const began = performance.now();
    const script = `local _, e = require("crypto").jwt.encode({a = 1}, ..., "RS256") return e:message()`;
    expect(await host.run(script, { args: [key] })).toMatch(message);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it.each([
    ["with a modulus of 9000 bits", pem("RSA PUBLIC KEY", der(0x30, integer(9000), integer(17))), /got 9000/],
    ["with a long exponent", pem("RSA PUBLIC KEY", der(0x30, integer(2048), integer(2048))), /at most 64 bits/],
  ])("%s, when it verifies", async (_, key, message) => {
    await using host = await cacheHost();
    const head = Buffer.from('{"alg":"RS256"}').toString("base64url");
    const script = `local _, e = require("crypto").jwt.verify(..., "RS256", false) return e:message()`;
    expect(await host.run(script.replace("...", `"${head}.e30.AAAA", ...`), { args: [key] })).toMatch(message);
  });
});

it.each([
  ["pkcs1", "pkcs1"],
  ["pkcs8", "spki"],
] as const)("keys of OpenSSL's own in the form %s sign and verify", async (mine, shown) => {
  await using host = await cacheHost();
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const keys = [
    pair.privateKey.export({ type: mine, format: "pem" }),
    pair.publicKey.export({ type: shown, format: "pem" }),
  ];
  const script = `local mine, shown = ... local jwt = require("crypto").jwt
    local token = assert(jwt.encode({sub = "alice"}, mine, "RS256"))
    return assert(jwt.verify(token, "comment\\n" .. shown, "RS256", false)).sub, assert(jwt.verify(token, mine, "RS256", false)).sub`;
  expect(await host.results(script, { args: keys })).toEqual(["alice", "alice"]);
});

describe("a key whose numbers make no key", () => {
  /** One number of a key is another one. */
  const broken = good.flatMap((n, i) =>
    [0n, 1n, 2n, n - 1n, n >> 1n, n >> 300n, good[(i + 1) % good.length]!].map((other) => good.with(i, other)),
  );
  const short = [8n, 100n, 400n].map((bits) => [2n ** bits + 1n, 3n, 5n, 7n, 11n, 1n, 1n, 1n]);
  const keys = [...broken, ...short];
  const pems = {
    encode: keys.map((numbers) => pem("RSA PRIVATE KEY", der(0x30, zero, ...numbers.map(exactly)))),
    verify: keys.map((numbers) => pem("RSA PUBLIC KEY", der(0x30, ...numbers.slice(0, 2).map(exactly)))),
  };
  const token = `${Buffer.from('{"alg":"RS256"}').toString("base64url")}.e30`;
  const calls = {
    encode: "jwt.encode({a = 1}, key, 'RS256')",
    verify: `jwt.verify("${token}.AAAA", key, "RS256", false)`,
  };

  it.each(["encode", "verify"] as const)("is INVALID in jwt.%s where OpenSSL does not work with it", async (name) => {
    await using host = await cacheHost();
    const script = `local jwt, wrong = require("crypto").jwt, {}
      for _, key in ipairs(...) do
        local token, e = ${calls[name]}
        local isSigned = token and #token > 200
        local isRefused = e and e:kind() == "Invalid" and (e:message():find("^key: ") or e:message():find("signature is wrong"))
        if not (isSigned or isRefused) then wrong[#wrong + 1] = token or e:kind() .. " " .. e:message() end
      end
      return wrong`;
    expect(await host.run(script, { args: [pems[name]], timeout: "10s" })).toEqual([]);
  });
});
