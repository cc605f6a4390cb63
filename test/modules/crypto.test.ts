import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { everythingAllowed, ScriptHost } from "../support/host.ts";

it("jwt: RS256 signs with a private key, and verifies with the public one and no other", async () => {
  await using host = await ScriptHost.open(everythingAllowed);
  const keys = [1, 2].map(() => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    return [
      privateKey.export({ type: "pkcs8", format: "pem" }),
      publicKey.export({ type: "spki", format: "pem" }),
    ] as const;
  });
  const [[mine, shown], [, other]] = keys as [readonly [string, string], readonly [string, string]];
  const script = `local mine, shown, other = ... local jwt = require("crypto").jwt
    local token = assert(jwt.encode({sub = "alice"}, mine, "RS256"))
    local _, wrong = jwt.verify(token, other, "RS256", false)
    -- the public key as a secret: the token says which algorithm, and is not asked
    local forged = jwt.encode({sub = "root"}, shown, "HS256")
    local _, confused = jwt.verify(forged, shown, "RS256", false)
    return jwt.verify(token, shown, "RS256", false).sub, wrong:details().reason, confused:details().reason`;
  expect(await host.results(script, { args: [mine, shown, other] })).toEqual(["alice", "signature", "algorithm"]);
});

it("jwt: every token that is made can be verified, and claims of a longer one are refused", async () => {
  await using host = await ScriptHost.open(everythingAllowed);
  const script = `local jwt = require("crypto").jwt
    local longest, refused = 0, nil
    for _, length in ipairs({1000, 780000, 784000, 790000, 2000000}) do
      local token, err = jwt.encode({text = ("x"):rep(length)}, "key")
      if token then
        assert(#token <= 2^20)
        assert(#assert(jwt.verify(token, "key", "HS256", false)).text == length)
        longest = length
      else refused = refused or err end
    end
    return longest, tostring(refused:kind()), refused:message()`;
  expect(await host.results(script)).toEqual([
    784000,
    "Invalid",
    "payload: a token has at most 1048576 bytes, and this one would have 1053384 or more",
  ]);
});

it("jwt: a certificate is a public key, and what stands before it in the text is nobody's business", async () => {
  await using host = await ScriptHost.open(everythingAllowed);
  const made = readFileSync(new URL("certificate.pem", import.meta.url), "utf8"); // a key for this test, and nothing else
  const [key] = /-----BEGIN PRIVATE KEY-----.*-----END PRIVATE KEY-----/s.exec(made)!;
  const [certificate] = /-----BEGIN CERTIFICATE-----.*-----END CERTIFICATE-----/s.exec(made)!;
  // OpenSSL would ask for the password of this one, on the terminal of the host.
  const headers = `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,${"0".repeat(32)}`;
  const encrypted = certificate.replace("-----\n", `-----\n${headers}\n\n`);
  const script = `local mine, certificate, encrypted = ... local jwt = require("crypto").jwt
    local token = assert(jwt.encode({sub = "alice"}, mine, "RS256"))
    local none, err = jwt.verify(token, encrypted, "RS256", false)
    return jwt.verify(token, certificate, "RS256", false).sub, jwt.verify(token, encrypted .. "\\n" .. certificate, "RS256", false).sub,
      none, tostring(err:kind())`;
  expect(await host.results(script, { args: [key, certificate, encrypted] })).toEqual([
    "alice",
    "alice",
    undefined,
    "Invalid",
  ]);
});
