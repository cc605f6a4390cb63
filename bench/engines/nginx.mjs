/** nginx with lua-nginx-module: one worker process, one request, whose code works on a dictionary in shared memory. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const modules = "/usr/lib/nginx/modules/";

export async function runInNginx({ code }) {
  const folder = mkdtempSync(join(tmpdir(), "moonkeep-nginx-"));
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  writeFileSync(join(folder, "main.lua"), `${prelude}\nngx.print((function(...)\n${code}\nend)())`);
  const load = ["ndk_http_module.so", "ngx_http_lua_module.so"]
    .filter((name) => existsSync(modules + name))
    .map((name) => `load_module ${modules}${name};`);
  writeFileSync(
    join(folder, "nginx.conf"),
    `${load.join("\n")}
daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http {
  access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  lua_shared_dict store 1024m;
  server { listen 127.0.0.1:${port}; location / { content_by_lua_file ${folder}/main.lua; } }
}
`,
  );
  const server = spawn("nginx", ["-p", folder, "-c", join(folder, "nginx.conf")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  server.stderr.on("data", (part) => {
    said += part;
  });
  try {
    for (let tries = 0; ; tries++) {
      try {
        const response = await fetch(`http://127.0.0.1:${port}/`);
        const text = await response.text();
        if (!response.ok) throw new Error(`nginx: ${readFileSync(join(folder, "error.log"), "utf8")}`);
        return text;
      } catch (e) {
        if (server.exitCode !== null) throw new Error(`nginx does not start: ${said}`);
        if (e.cause?.code !== "ECONNREFUSED" || tries === 100) throw e;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  } finally {
    server.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

const prelude = `
local s, cjson = ngx.shared.store, require("cjson")
local function now() ngx.update_time() return ngx.now() end`;
