/**
 * What nginx's Lua has for the same: a shared dictionary, lua-resty-mlcache above it, and lua-resty-lock.
 *
 *   apt-get install nginx-light libnginx-mod-http-lua lua-resty-core lua-resty-lrucache
 *   git clone https://github.com/openresty/lua-resty-lock
 *   git clone https://github.com/thibaultcha/lua-resty-mlcache
 *   export MOONKEEP_BENCH_RESTY=lua-resty-lock/lib:lua-resty-mlcache/lib
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const MODULES = "/usr/lib/nginx/modules";
const folders = (process.env.MOONKEEP_BENCH_RESTY ?? "").split(":").filter((folder) => folder !== "");

/** Why nginx can't be measured here, and what would help; undefined where it can. */
export function whyNoResty() {
  const packages = "apt-get install nginx-light libnginx-mod-http-lua lua-resty-core lua-resty-lrucache";
  if (spawnSync("nginx", ["-v"]).error !== undefined || !existsSync(`${MODULES}/ngx_http_lua_module.so`)) {
    return `nginx with its Lua module is not installed: ${packages}`;
  }
  const has = (file) => folders.some((folder) => existsSync(join(folder, "resty", file)));
  if (has("lock.lua") && has("mlcache.lua")) return undefined;
  return "MOONKEEP_BENCH_RESTY names no folders with resty/lock.lua and resty/mlcache.lua; bench/resty.mjs says which";
}

const operations = {
  get: "kv:get(keys[i % 100 + 1])",
  increment: 'kv:incr("n", 1, 0)',
  fetch: "cache:get(keys[i % 100 + 1], nil, make)",
  many: "local t = {} for k = 1, 100 do t[keys[k]] = kv:get(keys[k]) end",
  lock: 'local l = lock:new("locks") l:lock("l") l:unlock()',
  nothing: "",
};

const location = (name, operation) => `
    location /${name} {
      content_by_lua_block {
        local kv, lock, cache, keys = ngx.shared.kv, require("resty.lock"), cache, keys
        local function make() return "made" end
        for i = 1, tonumber(ngx.var.arg_count) do ${operation} end
        ngx.say("done")
      }
    }`;

const configuration = (folder, port) => `
load_module ${MODULES}/ndk_http_module.so;
load_module ${MODULES}/ngx_http_lua_module.so;
daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log warn;
events { worker_connections 64; }
http {
  access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  lua_package_path "${folders.map((one) => `${resolve(one)}/?.lua`).join(";")};;";
  lua_shared_dict kv 10m; lua_shared_dict locks 1m; lua_shared_dict cached 10m;
  init_worker_by_lua_block {
    keys = {}
    cache = assert(require("resty.mlcache").new("bench", "cached", { lru_size = 1000, ttl = 0 }))
    for i = 1, 100 do
      keys[i] = "user:" .. (i - 1)
      ngx.shared.kv:set(keys[i], ("x"):rep(100))
    end
  }
  server {
    listen 127.0.0.1:${port};${Object.entries(operations)
      .map(([name, code]) => location(name, code))
      .join("")}
  }
}`;

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

/** Starts nginx. @returns each operation as what does it so many times, and `close` */
export async function resty() {
  const folder = mkdtempSync(join(tmpdir(), "moonkeep-resty-"));
  mkdirSync(join(folder, "logs"));
  const port = await freePort();
  const file = join(folder, "nginx.conf");
  writeFileSync(file, `user root;${configuration(folder, port)}`);
  const server = spawn("nginx", ["-p", folder, "-c", file], { stdio: "inherit" });
  const ask = (name) => async (count) => {
    const answer = await fetch(`http://127.0.0.1:${port}/${name}?count=${count}`);
    if ((await answer.text()) !== "done\n") throw new Error(`nginx failed: see ${folder}/error.log`);
  };
  for (let tries = 0; ; tries++) {
    try {
      await ask("nothing")(1);
      break;
    } catch (e) {
      if (tries === 50) throw e;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  const close = () =>
    new Promise((done) => {
      server.on("exit", () => done(rmSync(folder, { recursive: true, force: true })));
      server.kill();
    });
  return { close, ...Object.fromEntries(Object.keys(operations).map((name) => [name, ask(name)])) };
}
