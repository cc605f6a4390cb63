import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { lineOf, readLine } from "../../src/host/exact-store.ts";
import { expectSame, keys, values } from "../contract/values.ts";
import { moonkeep, project } from "../support/cli.ts";
import { registryFile } from "../support/registry-file.ts";
import { redis, withService } from "../support/services.ts";

const entries = [
  { name: "db", kind: "db.sql.sqlite", file: "data.db" },
  { name: "kv", kind: "store.sql", database: "db", table_name: "kv" },
  { name: "other", kind: "store.sql", database: "db", table_name: "other" },
  { name: "cache", kind: "store.memory" },
  { name: "broken_db", kind: "db.sql.sqlite", file: "missing/data.db" },
  { name: "broken", kind: "store.sql", database: "broken_db", table_name: "kv" },
];

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = registryFile(entries));
  return remove;
});

/** Runs `moonkeep store` where the registry is. */
const store = (words: string, input = "") => moonkeep(["store", ...words.split(" ")], { cwd: folder, input });
/** The same, where it must succeed. */
async function done(words: string, input = ""): Promise<string> {
  const { code, out, err } = await store(words, input);
  expect([code, err]).toEqual([0, ""]);
  return out;
}

describe("a store", () => {
  it("may be called by its name alone where it is the only one, which is said", async () => {
    expect(await store("set kv k 1")).toEqual({ code: 0, out: "", err: 'note: "kv" is taken for app:kv\n' });
    expect(await done("get app:kv k")).toBe("1\n");
    expect((await store("get kvv k")).err).toContain('there is no store "kvv"; did you mean "app:kv"?');
    expect((await store("copy kv app:kv")).err).toContain("a store can't be copied to itself");
  });

  it("that lies in the memory of the command is said to end with it, and no other", async () => {
    expect((await store("list app:cache")).err).toContain("note: app:cache is a memory store");
    expect((await store("list app:kv")).err).toBe("");
  });
});

describe("a byte order mark", () => {
  const mark = "\ufeff";

  it("is skipped in values and dumps from files and from standard input", async () => {
    await done("set app:kv k -", `${mark}{"n":1}`);
    expect(JSON.parse(await done("get app:kv k"))).toEqual({ n: 1 });
    expect(await done("load app:kv", `${mark}{"key":"a","value":1}\n`)).toBe("loaded 1 entry\n");
    writeFileSync(join(folder, "dump.jsonl"), `${mark}{"key":"b","value":2}\n`);
    expect(await done("load app:kv dump.jsonl")).toBe("loaded 1 entry\n");
    expect(await done("list app:kv")).toBe("a\nb\nk\n");
  });
});

describe("moonkeep store get, set, has, delete", () => {
  it("write, print, and delete one key", async () => {
    expect(await done('set app:kv k {"n":[1,{"$float":1}]}')).toBe("");
    expect(JSON.parse(await done("get app:kv k"))).toEqual({ n: [1, { $float: 1 }] });
    expect(await done("has app:kv k")).toBe("true\n");
    expect(await done("delete app:kv k")).toBe("");
    expect(await store("get app:kv k")).toEqual({ code: 1, out: "", err: "app:kv has no key k\n" });
    expect(await store("has app:kv k")).toEqual({ code: 1, out: "false\n", err: "" });
    expect(await store("delete app:kv k")).toEqual({ code: 1, out: "", err: "app:kv has no key k\n" });
  });

  it("count, ask for the time that is left and change it, and delete several keys", async () => {
    expect(await done("increment app:kv n")).toBe("1\n");
    expect(await done("increment app:kv n 41")).toBe("42\n");
    expect(await done("increment app:kv n -- -2")).toBe("40\n");
    expect(await done("ttl app:kv n")).toBe("never\n");
    expect(await done("expire app:kv n 1h")).toBe("");
    expect(Number(await done("ttl app:kv n"))).toBeCloseTo(3600, -3);
    expect(await done("expire app:kv n 0")).toBe("");
    expect(await done("ttl app:kv n")).toBe("never\n");
    await done("set app:kv other 1");
    expect(await store("delete app:kv n none other")).toEqual({ code: 1, out: "", err: "app:kv has no key none\n" });
    expect(await store("ttl app:kv n")).toEqual({ code: 1, out: "", err: "app:kv has no key n\n" });
    expect(await store("expire app:kv n 1h")).toEqual({ code: 1, out: "", err: "app:kv has no key n\n" });
    expect((await store("increment app:kv n many")).err).toContain("expected a number such as 1, -2 or 0.5");
  });

  it("read and delete several keys, and say which are missing", async () => {
    await done('set app:kv a {"n":1}');
    await done("set app:kv b 2");
    await done("set app:kv /w== 3 --base64");
    expect(await done("get app:kv b a")).toBe('2\n{"n":1}\n');
    expect(JSON.parse(await done("get app:kv a --json"))).toEqual({ a: { n: 1 } });
    expect(JSON.parse(await done("get app:kv YQ== /w== --base64 --json"))).toEqual({ "YQ==": { n: 1 }, "/w==": 3 });
    const { code, out, err } = await store("get app:kv a none b nothing --json");
    expect([code, JSON.parse(out), err]).toEqual([
      1,
      { a: { n: 1 }, b: 2 },
      "app:kv has no key none\napp:kv has no key nothing\n",
    ]);
    const gone = await store("delete app:kv a none a --json");
    expect([gone.code, JSON.parse(gone.out), gone.err]).toEqual([
      1,
      { a: true, none: false },
      "app:kv has no key none\n",
    ]);
    expect(await done("list app:kv")).toBe('b\n{"$base64":"/w=="}\n');
  });

  it("take values from standard input, strings as they are, and keys in base64", async () => {
    await done("set app:kv k -", "[1]");
    expect(JSON.parse(await done("get app:kv k"))).toEqual([1]);
    await done("set app:kv k - --raw", "not JSON\n");
    expect(await done("get app:kv k --raw")).toBe("not JSON\n");
    await done("set app:kv /wA= 1 --base64");
    expect(await done("list app:kv")).toBe('k\n{"$base64":"/wA="}\n');
    expect(await done("get app:kv /wA= --base64")).toBe("1\n");
  });

  it("let a key live for as long as they are told", async () => {
    await done("set app:kv k 1 --ttl 0.001");
    expect((await store("has app:kv k")).out).toBe("false\n");
    await done("set app:kv k 1 --ttl 1h");
    const { ttl } = JSON.parse(await done("list app:kv --json"));
    expect(ttl).toBeGreaterThan(3000);
    expect(ttl).toBeLessThanOrEqual(3600);
  });

  it("leave a key that is there, when asked", async () => {
    await done("set app:kv k 1 --if-absent");
    expect(await store("set app:kv k 2 --if-absent")).toEqual({
      code: 1,
      out: "",
      err: "app:kv already has the key k\n",
    });
    expect(await done("get app:kv k")).toBe("1\n");
  });

  it("answer bad input with a sentence", async () => {
    const cases: [string, RegExp][] = [
      ["set app:kv k hello", /the value is not JSON: .*; a string needs quotes: '"hello"', or give --raw/],
      ["set app:kv k null", /^error: value: null can't be stored\n$/],
      ["set app:kv k [1,null]", /^error: value\[1\]: null can't be stored\n$/],
      ['set app:kv k {"$what":1}', /value: a name that begins with "\$" is reserved for/],
      ["set app:kv k 1 --ttl soon", /--ttl: expected a duration, such as .* or a number of seconds, got "soon"/],
      ["get app:kv k*k --base64", /--base64: "k\*k" is not base64; "aypr" is its base64/],
      ["get app:nope k", /there is no store "app:nope"/],
      ["get app:db k", /"app:db" is not a store: its kind is db.sql.sqlite/],
      ["get app:kv", /the argument <keys> is missing/],
      ["get app:kv a b --raw", /--raw prints one value as it is: give one key, and no --json/],
      ["get app:kv a --raw --json", /--raw prints one value as it is: give one key, and no --json/],
      ["list app:kv --limit 0", /expected a whole number above 0/],
      ["copy app:kv app:kv", /a store can't be copied to itself/],
      ["copy app:kv app:other --resume", /no copy of these stores was interrupted/],
      ["load app:kv nope.jsonl", /nope.jsonl: there is no such file or folder/],
    ];
    for (const [words, message] of cases) {
      const { code, out, err } = await store(words);
      expect(err).toMatch(message);
      expect([words, code, out]).toEqual([words, 2, ""]);
    }
  });

  it("say when a store is gone with the command, and when it can't be used", async () => {
    expect(await store("set app:cache k 1")).toEqual({
      code: 0,
      out: "",
      err: "note: app:cache is a memory store: it belongs to this process, starts empty, and is gone when the command ends\n",
    });
    const { code, err } = await store("get app:broken k");
    expect(code).toBe(1);
    expect(err).toContain("error UNAVAILABLE: missing/data.db can't be used: its folder does not exist");
  });
});

describe("moonkeep store list and info", () => {
  it("print keys in the order of their bytes, and one a line whatever is in them", async () => {
    for (const one of ["b", "a\nb", "é", "a"]) {
      await moonkeep(["store", "set", "app:kv", one, "1"], { cwd: folder });
    }
    expect(await done("list app:kv")).toBe("a\na\\nb\nb\né\n");
    expect(await done("list app:kv --prefix a")).toBe("a\na\\nb\n");
    expect(await done("list app:kv --limit 1")).toBe("a\n");
  });

  it("print what a store can do", async () => {
    expect(JSON.parse(await done("info app:kv --json"))).toEqual({
      id: "app:kv",
      backend: "sql",
      consistency: "linearizable",
      durable: true,
      list: true,
      versioned: true,
      ttl: true,
      conditional_put: true,
    });
    expect(await done("info app:kv")).toContain("backend         sql\n");
  });
});

describe("moonkeep store dump and load", () => {
  it("have a line for each entry that gives it back exactly", () => {
    fc.assert(
      fc.property(keys, values, fc.option(fc.double({ min: 0.001, max: 1e9, noNaN: true })), (k, value, ttl) => {
        const entry = { key: k, value, version: "v", ...(ttl === null ? {} : { ttl }) };
        const read = readLine(JSON.parse(JSON.stringify(lineOf(entry))));
        expect(read.key).toBe(k);
        expectSame(read.value, value);
        if (ttl === null) expect(read.ttl).toBeUndefined();
        else expect(Math.abs(read.ttl! - ttl)).toBeLessThan(1e-6 * ttl);
      }),
      { numRuns: 1000 },
    );
  });

  it("move a store through a file", async () => {
    const lines = [
      '{"key":"a","value":{"$map":[[1,"x"],["n",{"$float":"-0"}]]}}',
      '{"key":{"$base64":"/w=="},"value":{"$base64":"AP8="}}',
    ];
    expect(await done("load app:kv", `${lines.join("\n")}\n\n`)).toBe("loaded 2 entries\n");
    expect((await done("dump app:kv")).trim().split("\n")).toEqual(lines);
    writeFileSync(join(folder, "dump.jsonl"), await done("dump app:kv --prefix a"));
    expect(await done("load app:other dump.jsonl")).toBe("loaded 1 entry\n");
    expect((await done("dump app:other")).trim()).toBe(lines[0]);
  });

  it("load the later of two lines with one key, or leave what is there", async () => {
    const lines = '{"key":"a","value":1}\n{"key":"a","value":2}\n';
    expect(await done("load app:kv", lines)).toBe("loaded 2 entries\n");
    expect(await done("get app:kv a")).toBe("2\n");
    expect(await done("load app:kv --if-absent", '{"key":"a","value":3}\n{"key":"b","value":3}')).toBe(
      "loaded 1 entry, 1 left out since their keys are there\n",
    );
    expect(await done("get app:kv a")).toBe("2\n");
  });

  it("stop at a line that can't be loaded, and name it", async () => {
    const cases: [string, RegExp][] = [
      ["nonsense", /standard input:2: not JSON: Unexpected token/],
      ["[]", /standard input:2: expected \{"key": …, "value": …, "ttl": seconds\}/],
      ['{"value":1}', /standard input:2: key: expected a string/],
      ['{"key":"","value":1}', /standard input:2: key is required/],
      ['{"key":"b"}', /standard input:2: value: null can't be stored/],
      ['{"key":"b","value":1,"tll":1}', /standard input:2: there is no field "tll"; the fields are key, value, ttl/],
      ['{"key":"b","value":1,"ttl":-1}', /standard input:2: ttl must be a finite number of seconds/],
    ];
    for (const [line, message] of cases) {
      const { code, err } = await store("load app:kv", `{"key":"a","value":1}\n${line}\n{"key":"c","value":1}\n`);
      expect(code).toBe(1);
      expect(err).toMatch(message);
      expect(err).toContain("1 entry was loaded before this:");
    }
    expect(await done("list app:kv")).toBe("a\n");
  });

  it("load thousands in batches, each entry with its own time", async () => {
    const lines = Array.from({ length: 2345 }, (_, i) => `{"key":"k${i}","value":${i},"ttl":${1000 + i}}\n`).join("");
    expect(await done("load app:kv", `${lines}{"key":"ever","value":0}\n`)).toBe("loaded 2346 entries\n");
    const dumped = (await done("dump app:kv"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(dumped).toHaveLength(2346);
    for (const { key: name, value, ttl } of dumped) {
      if (name === "ever") expect(ttl).toBeUndefined();
      else expect([name, Math.abs(1000 + value - ttl) < 100]).toEqual([`k${value}`, true]);
    }
  });

  it("load all of a batch but what the store refuses, and name each line of that", async () => {
    const long = "k".repeat(3000);
    const lines = ["a", long, "b", `${long}!`].map((one) => JSON.stringify({ key: one, value: 1 })).join("\n");
    const why = "key must have at most 2048 bytes in this store, got 3000";
    expect(await store("load app:kv", lines)).toEqual({
      code: 1,
      out: "",
      err: `2 entries were loaded, but not these:\nerror: standard input:2: ${why}\nerror: standard input:4: ${why.replace("3000", "3001")}\n`,
    });
    expect(await done("list app:kv")).toBe("a\nb\n");
  });

  it("say which lines are in doubt when the store can't be used", async () => {
    const { code, err } = await store("load app:broken", '\n{"key":"a","value":1}\n{"key":"b","value":1}\n');
    expect(code).toBe(1);
    expect(err).toContain(
      "0 entries were loaded, and perhaps some of lines 2 to 3 of standard input, before this:\nerror UNAVAILABLE: ",
    );
  });

  it("say that standard input is a folder", () => {
    const input = openSync(folder, "r");
    const words = [join(project, "bin/moonkeep.js"), "store", "load", "app:kv", "-"];
    const ended = spawnSync(process.execPath, words, { cwd: folder, stdio: [input, "pipe", "pipe"], encoding: "utf8" });
    closeSync(input);
    expect(ended).toMatchObject({
      status: 2,
      stdout: "",
      stderr: "error: standard input can't be read: it is a folder\n",
    });
  });

  it("load no more after Ctrl-C, and say how much that was", async () => {
    const input = Array.from({ length: 600 }, (_, i) => `{"key":"k${i}","value":${i}}\n`).join("");
    const ended = await moonkeep(["store", "load", "app:kv"], {
      cwd: folder,
      input,
      leaveOpen: true,
      interruptOnFile: join(folder, "data.db"),
    });
    expect(ended).toMatchObject({ code: 130, out: "" });
    const [, loaded] = /^interrupted after (\d+) entries\n$/.exec(ended.err) ?? [];
    expect((await done("list app:kv")).split("\n")).toHaveLength(Number(loaded) + 1);
  });
});

describe("moonkeep store stat", () => {
  const lines = [
    ...Array.from({ length: 30 }, (_, i) => ({ key: `user:${i}`, value: "x".repeat(100) })),
    ...Array.from({ length: 10 }, (_, i) => ({ key: `order:2026:${i}`, value: "x" })),
    { key: "plain", value: 1 },
    { key: { $base64: "/zox" }, value: true },
  ];

  it("prints how many entries there are and how large, by what keys begin with, with bars", async () => {
    await done("load app:kv", lines.map((line) => JSON.stringify(line)).join("\n"));
    const [head, ...rows] = (await done("stat app:kv")).trimEnd().split("\n");
    expect(head).toMatch(/^prefix +entries +size$/);
    expect(rows).toEqual([
      expect.stringMatching(/^user: +30 +3\.\d KiB +9\d\.\d % +█+[▏▎▍▌▋▊▉]?$/),
      expect.stringMatching(/^order: +10 +\d+ B +\d\.\d % +█*[▏▎▍▌▋▊▉]?$/),
      expect.stringMatching(/^\(no prefix\) +1 +\d B +0\.\d % +▏$/),
      expect.stringMatching(/^\{"\$base64":"\/zo="\} +1 +\d B +0\.\d % +▏$/),
      expect.stringMatching(/^in all +42 +3\.\d KiB +100\.0 %$/),
    ]);
    for (const row of rows) expect(row.length).toBeLessThan(80);
  });

  it("goes as deep as asked, behind a prefix, and prints JSON", async () => {
    await done("load app:kv", lines.map((line) => JSON.stringify(line)).join("\n"));
    const deep = JSON.parse(await done("stat app:kv --prefix order: --depth 2 --json"));
    expect(deep).toMatchObject({ id: "app:kv", complete: true, entries: 10, prefixes: [{ prefix: "order:2026:" }] });
    const few = JSON.parse(await done("stat app:kv --limit 1 --json"));
    expect(few.prefixes).toEqual([{ prefix: "user:", entries: 30, bytes: expect.any(Number) }]);
    expect(few.others).toEqual({ prefixes: 3, entries: 12, bytes: few.bytes - few.prefixes[0].bytes });
    expect((await done("stat app:kv --limit 1")).split("\n")[2]).toMatch(/^\(3 other prefixes\) +12 +\d+ B +\d\.\d %$/);
    expect(await done("stat app:kv --prefix none")).toBe("prefix  entries  size\nin all        0   0 B\n");
    expect((await store("stat app:kv --separator=")).err).toContain("--separator: expected at least one character");
  });

  it("ends with the figures of what it has read when it is interrupted", async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `{"key":"user:${i}","value":${i}}\n`).join("");
    await done("load app:kv", many);
    const reading = moonkeep(["store", "stat", "app:kv", "--json"], {
      cwd: folder,
      interruptOnFile: join(folder, "data.db-wal"),
    });
    const { code, out, err } = await reading;
    if (code === 0) return; // it was done before it was told
    const { complete, entries: read } = JSON.parse(out);
    expect([code, complete, err]).toEqual([
      130,
      false,
      `interrupted after ${read} entries, which these figures are of\n`,
    ]);
  });
});

describe("moonkeep store clear", () => {
  const lines = Array.from({ length: 1234 }, (_, i) => `{"key":"a${i}","value":${i}}\n`).join("");

  it("deletes every entry, or those of a prefix", async () => {
    await done("load app:kv", `${lines}{"key":"b","value":1}\n{"key":"c","value":1}\n`);
    expect(await done("clear app:kv --prefix a --yes")).toBe("deleted 1234 entries\n");
    expect(await done("list app:kv")).toBe("b\nc\n");
    expect(await done("clear app:kv -y")).toBe("deleted 2 entries\n");
    expect(await done("clear app:kv -y")).toBe("deleted 0 entries\n");
  });

  it("does nothing without --yes where nobody can be asked", async () => {
    await done("set app:kv k 1");
    expect(await store("clear app:kv", "y\n")).toEqual({
      code: 2,
      out: "",
      err: "error: this is not a terminal, so nobody can be asked whether to clear app:kv; give --yes to clear it\n",
    });
    expect(await done("list app:kv")).toBe("k\n");
  });
});

describe("moonkeep store copy", () => {
  const many = 5000;
  const lines = Array.from({ length: many }, (_, i) => `{"key":"k${String(i).padStart(5, "0")}","value":${i}}\n`).join(
    "",
  );

  it("copies every entry, with the time that it still lives", async () => {
    await done("set app:kv a 1");
    await done("set app:kv b 2 --ttl 1h");
    await done("set app:other a 0");
    expect(await done("copy app:kv app:other")).toBe("copied 2 entries\n");
    const copied = (await done("list app:other --json"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(copied.map(({ key: k, value }) => [k, value])).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(copied[0].ttl).toBeUndefined();
    expect(copied[1].ttl).toBeGreaterThan(3000);
    await done("set app:kv a 7");
    await done("copy app:kv app:other --if-absent --prefix a");
    expect(await done("get app:other a")).toBe("1\n");
  });

  it("goes on where it was interrupted", async () => {
    await done("load app:kv", lines);
    const state = join(folder, ".moonkeep", "copy-app.kv-app.other.json");
    mkdirSync(join(folder, ".moonkeep"));
    writeFileSync(state, JSON.stringify({ prefix: "", after: "k04989", copied: 4990 }));
    expect(await store("copy app:kv app:other --resume --prefix k")).toMatchObject({
      code: 2,
      err: 'error: the interrupted copy used --prefix ""\n',
    });
    expect(await done("copy app:kv app:other --resume")).toBe("copied 5000 entries\n");
    expect((await done("list app:other")).trim().split("\n")).toHaveLength(10);
    expect(existsSync(state)).toBe(false);
  });

  it("can be interrupted by Ctrl-C, and then goes on", async () => {
    await done("load app:kv", lines);
    const state = join(folder, ".moonkeep", "copy-app.kv-app.other.json");
    const copying = moonkeep(["store", "copy", "app:kv", "app:other"], { cwd: folder, interruptOnFile: state });
    const { code, err } = await copying;
    if (code === 0) return; // it was done before it was told
    expect([code, err]).toEqual([
      130,
      expect.stringMatching(/^interrupted after \d+ entries; use --resume to continue\n$/),
    ]);
    expect(await done("copy app:kv app:other --resume")).toBe("copied 5000 entries\n");
    expect(await done("dump app:other")).toBe(lines);
  });

  it("keeps how far it is when it fails, and nothing else", async () => {
    await done("load app:kv", lines);
    await store("copy app:kv app:broken");
    expect(existsSync(join(folder, ".moonkeep"))).toBe(false);
  });
});

describe("moonkeep doctor", () => {
  it("says what can be used, and what can't", async () => {
    const { code, out, err } = await moonkeep(["doctor"], { cwd: folder });
    expect([code, err]).toEqual([1, ""]);
    expect(out).toMatch(/^ok +node +v\d/m);
    expect(out).toMatch(/^ok +app:db +db.sql.sqlite {2}SQLite 3\.\d+\.\d+, \d/m);
    expect(out).toMatch(
      /^bad +app:broken +store.sql {2}UNAVAILABLE: missing\/data.db can't be used: its folder does not exist$/m,
    );
  });

  it("ends with 0 when everything is well", async () => {
    mkdirSync(join(folder, "missing"));
    const { code, out } = await moonkeep(["doctor", "--json"], { cwd: folder });
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ ok: true, node: process.version, problems: [] });
    expect(report.health.map(({ id, ok }: { id: string; ok: boolean }) => [id, ok])).toEqual(
      entries.map(({ name }) => [`app:${name}`, true]),
    );
  });

  it("says when the registry is wrong, or not there", async () => {
    writeFileSync(join(folder, "registry.yaml"), "version: nope");
    const wrong = await moonkeep(["doctor"], { cwd: folder });
    expect(wrong.code).toBe(3);
    expect(wrong.out).toMatch(/^bad registry/m);
    const none = await moonkeep(["doctor"], { cwd: "/" });
    expect(none.code).toBe(0);
    expect(none.out).toContain("there is no registry.yaml here or above");
  });
});

await withService(redis, () =>
  describe("a store in Redis", () => {
    it("outlives the command, for as long as --ttl says", async () => {
      const server = { name: "server", kind: "db.redis", url: redis.url };
      const kv = { name: "kv", kind: "store.redis", database: "server", prefix: `cli:${randomUUID()}` };
      const { folder: cwd, remove } = registryFile([server, kv]);
      onTestFinished(remove);
      const { code, err } = await moonkeep(["store", "set", "app:kv", "k", "1", "--ttl", "1d"], { cwd });
      expect([code, err]).toEqual([0, ""]);
      const listed = await moonkeep(["store", "list", "app:kv", "--json"], { cwd });
      expect(JSON.parse(listed.out).ttl).toBeGreaterThan(86_000);
      expect(listed.err).toBe("");
      await moonkeep(["store", "delete", "app:kv", "k"], { cwd });
    });
  }),
);
