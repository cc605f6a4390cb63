import fc from "fast-check";
import { expect, it } from "vitest";
import { fromBinary } from "../../src/value/bytes.ts";
import { Affixes, HASHED } from "../../src/value/key-hash.ts";
import { ByteString } from "../../src/value/value.ts";

const bytes = (maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 255 }), { maxLength }).map((codes) => String.fromCharCode(...codes));

it("a string is the same in all forms, whichever is asked for first", () => {
  const number = fc.oneof(fc.nat(12), fc.nat(2 ** 31 - 1), fc.constant(2 ** 31 - 1));
  fc.assert(
    fc.property(bytes(27), number, bytes(27), (prefix, n, suffix) => {
      const text = prefix + n + suffix;
      const around = () => new ByteString(new Affixes(prefix, suffix), n);
      const plain = ByteString.fromBinary(text as never);
      const ofBytes = new ByteString(fromBinary(text as never));
      expect(around().length).toBe(text.length);
      expect(around().binary).toBe(text);
      expect(Buffer.from(around().bytes).toString("latin1")).toBe(text);
      expect([around().hash, ofBytes.hash]).toEqual([plain.hash, plain.hash]);
      expect(around().equals(plain) && plain.equals(around()) && around().equals(around())).toBe(true);
    }),
  );
});

it("two texts around numbers are equal if all of their bytes are", () => {
  const part = fc.constantFrom("", "1", "12", "a1", "2b");
  fc.assert(
    fc.property(part, fc.nat(30), part, part, fc.nat(30), part, (a, m, b, c, n, d) => {
      const [one, other] = [new ByteString(new Affixes(a, b), m), new ByteString(new Affixes(c, d), n)];
      expect(one.equals(other)).toBe(`${a}${m}${b}` === `${c}${n}${d}`);
      if (one.equals(other)) expect(one.hash).toBe(other.hash);
    }),
    { numRuns: 1000 },
  );
});

it("strings that differ hash to different values, up to the longest that have a hash", () => {
  const hashes = new Set<number>();
  const count = 2000;
  for (let i = 0; i < count; i++) hashes.add(ByteString.fromText(String(i).padStart(HASHED, "\0")).hash);
  expect(hashes.size).toBeGreaterThan(count - 5);
});
