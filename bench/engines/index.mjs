/**
 * What is measured: each engine runs a chunk of Lua 5.1 to 5.3 in a process of its own and gives back the text that the
 * chunk returned. The chunk finds `now()`, in seconds, and where `store` is asked for a store in the words of `spelling`.
 */
import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { runInNginx } from "./nginx.mjs";
import { runInRedis } from "./redis.mjs";

const run = promisify(execFile);
const here = new URL(".", import.meta.url);

/** How a store that is an object is used; `read` is a statement, for a key that may be missing. */
const methods = {
  read: (k) => `local v = s:get(${k})`,
  set: (k, v) => `s:set(${k}, ${v})`,
  setTtl: (k, v) => `s:set(${k}, ${v}, 300)`,
  has: (k) => `s:has(${k})`,
  delete: (k) => `s:delete(${k})`,
};

/** A table of functions, as wasmoon documents it: they are called with a dot. */
const functions = Object.fromEntries(
  Object.entries(methods).map(([name, spell]) => [name, (...args) => spell(...args).replace("s:", "s.")]),
);

/** No store but a table: a key that expires has its time in a second one. */
const plainTable = {
  read: (k) => `local v = s[${k}]`,
  set: (k, v) => `s[${k}] = ${v}`,
  setTtl: (k, v) => `s[${k}], x[${k}] = ${v}, now() + 300`,
  has: (k) => `s[${k}] ~= nil`,
  delete: (k) => `s[${k}] = nil`,
};

const redisCall = {
  get: (k) => `redis.call("GET", ${k})`,
  read: (k) => `local v = redis.call("GET", ${k})`,
  set: (k, v) => `redis.call("SET", ${k}, ${v})`,
  setTtl: (k, v) => `redis.call("SET", ${k}, ${v}, "EX", 300)`,
  has: (k) => `redis.call("EXISTS", ${k})`,
  delete: (k) => `redis.call("DEL", ${k})`,
};

const sharedDict = {
  ...methods,
  get: (k) => `s:get(${k})`,
  has: (k) => `s:get(${k}) ~= nil`,
};

/** Where only text can be kept, a table goes through JSON, as everybody does it there. */
const asJson = (spelling) => ({
  ...spelling,
  read: (k) => `local v = ${spelling.get(k)} if v then v = cjson.decode(v) end`,
  set: (k, v) => spelling.set(k, `cjson.encode(${v})`),
  setTtl: (k, v) => spelling.setTtl(k, `cjson.encode(${v})`),
});

const same = (spelling) => ({ text: spelling, table: spelling });

/** An engine that is a program of ours in this folder. */
const embedded = (file, flags = []) => ({
  run: async (job) => {
    const child = run(process.execPath, [...flags, new URL(file, here).pathname], { maxBuffer: 2 ** 26 });
    child.child.stdin.end(JSON.stringify(job));
    return (await child).stdout;
  },
});

/** An engine that is a command, with its clock of processor time. */
const native = (command) => ({
  version: () => firstLine(command, ["-v"]),
  run: async ({ code, binding }) => {
    const child = run(command, ["-"], { maxBuffer: 2 ** 26 });
    const store = binding === "store" ? "local s, x = {}, {}\n" : "";
    child.child.stdin.end(`local now = os.clock\n${store}io.write((function(...)\n${code}\nend)())`);
    return (await child).stdout;
  },
});

function firstLine(command, args) {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
      .trim()
      .split("\n")[0];
  } catch {
    return undefined;
  }
}

const packageVersion = (name) => () => {
  try {
    const main = createRequire(import.meta.url).resolve(name);
    const folder = main.slice(0, main.lastIndexOf(`/node_modules/${name}/`) + `/node_modules/${name}/`.length);
    return JSON.parse(readFileSync(`${folder}package.json`, "utf8")).version;
  } catch {
    return undefined;
  }
};

/** `version` is undefined where the engine is not here, and `missing` says what to install. */
export const engines = {
  moonkeep: { title: "moonkeep", spelling: same(methods), ...embedded("moonkeep.mjs"), version: () => "this tree" },
  careful: {
    title: "Fengari, careful binding",
    spelling: same(methods),
    ...embedded("fengari-careful.mjs"),
    version: packageVersion("fengari"),
  },
  fengari: {
    title: "Fengari, obvious Map module",
    spelling: same(functions),
    ...embedded("fengari-obvious.mjs"),
    version: packageVersion("fengari"),
  },
  wasmoon: {
    title: "wasmoon",
    spelling: same(functions),
    ...embedded("wasmoon.mjs"),
    version: packageVersion("wasmoon"),
  },
  redis: {
    title: "Redis EVAL",
    spelling: { text: redisCall, table: asJson(redisCall) },
    run: runInRedis,
    version: () => firstLine("redis-server", ["--version"]),
    missing: "redis-server is not installed (Debian: apt-get install redis-server)",
  },
  nginx: {
    title: "nginx lua_shared_dict",
    spelling: { text: sharedDict, table: asJson(sharedDict) },
    run: runInNginx,
    version: () => (firstLine("nginx", ["-h"]) === undefined ? undefined : "nginx with lua-nginx-module"),
    missing:
      "nginx with its Lua module is not installed (Debian: apt-get install nginx-light libnginx-mod-http-lua lua-cjson)",
  },
  lua: {
    title: "lua5.3, plain table",
    spelling: same(plainTable),
    ...native("lua5.3"),
    missing: "lua5.3 is not installed (Debian: apt-get install lua5.3)",
  },
  luajit: {
    title: "luajit, plain table",
    spelling: same(plainTable),
    ...native("luajit"),
    missing: "luajit is not installed (Debian: apt-get install luajit)",
  },
};

/** The engines of these names that are here; says which are not. */
export function available(names) {
  return names.filter((name) => {
    if (engines[name].version() !== undefined) return true;
    console.log(`left out: ${engines[name].title}: ${engines[name].missing ?? "not installed"}`);
    return false;
  });
}
