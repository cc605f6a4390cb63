/** What the samples of the pages stand in: the files around them, and the lines before and after. */
import { freePort } from "../../support/ports.ts";

export interface Stage {
  /** A part of the block, by which it is found. */
  readonly has: string;
  readonly before?: string;
  readonly after?: string;
  /** Other words in place of some, where the sample names a thing that is not here. */
  readonly instead?: Readonly<Record<string, string>>;
  /** Files of this sample beside those of its page. */
  readonly files?: Readonly<Record<string, string>>;
  /** Why the sample is read and not run. */
  readonly parsedOnly?: string;
}

export interface PageStage {
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly samples?: readonly Stage[];
  /** What is done before the first block: lines for a shell. */
  readonly setUp?: string;
  /** Lines of shell blocks that are not run, with the reason. */
  readonly notRun?: Readonly<Record<string, string>>;
}

const registry = (...entries: string[]): string =>
  `version: "1.0"\nnamespace: app\nentries:\n${entries.map((entry) => `  - ${entry}\n`).join("")}`;

const HOST = "import * as all from 'moonkeep';\nconst host = await all.Host.open('registry.yaml');\n";
const CLOSE = "await host.close();\n";
const ANYONE = "{ name: host, kind: host.config, security: { strict_mode: false } }";
const CACHE = "{ name: cache, kind: store.memory }";
const entries = (...more: string[]): Record<string, string> => ({ "registry.yaml": registry(...more, ANYONE) });
const installs = "installs packages";
const wholeProject = "is for a checkout of the project";
const header = 'version: "1.0"\nnamespace: app\nentries:\n';

const greeter = {
  "plugins/greeter/registry.yaml": `version: "1.0"
namespace: greeter
entries:
  - { name: welcome, kind: function.lua, source: "return function(order) return order.id end" }
  - { name: hello, kind: function.lua, source: "return function(name) return 'hello ' .. name end" }
`,
};

export const stages: Readonly<Record<string, PageStage>> = {
  "README.md": {
    files: { "script.lua": "return 1" },
    notRun: {
      "npm install moonkeep": installs,
      "npx moonkeep init": "is the first session of test/cli/sessions",
      "npx moonkeep run hello.lua": "is the first session of test/cli/sessions",
    },
  },
  "CONTRIBUTING.md": {
    notRun: {
      "npm ci": wholeProject,
      "npm start": wholeProject,
      "npm run check": wholeProject,
      "npm test": wholeProject,
      "npx vitest run test/modules/store.test.ts": wholeProject,
      "MOONKEEP_COMPILE_AFTER=0 npx vitest run test/lua": wholeProject,
      "MOONKEEP_COMPILE_AFTER=Infinity npx vitest run test/lua": wholeProject,
      "npm run hammer": wholeProject,
      "npm run soak": wholeProject,
    },
  },
  "docs/editors.md": {
    files: entries(),
    notRun: {
      "source <(moonkeep completion zsh)": "needs zsh",
      "moonkeep completion fish > ~/.config/fish/completions/moonkeep.fish": "writes into the home folder",
    },
    samples: [{ has: "$schema=", after: `${header}  - { name: cache, kind: store.memory }\n` }],
  },
  "docs/errors.md": {
    files: entries(CACHE),
    samples: [
      { has: "errors.is(err", before: 'local cache = require("store").get("app:cache")\n' },
      { has: "catch (error)", before: `${HOST}const code = "error(errors.new('NOT_FOUND', 'x'))";\n`, after: CLOSE },
    ],
  },
  "docs/functions.md": {
    files: {
      "registry.yaml.more": `
  - { name: call, kind: security.policy, policy: { actions: ["funcs.call"], resources: "*", effect: allow }, groups: [callers] }
  - { name: add, kind: function.lua, source: "return function(a, b) return a + b end" }
  - { name: hello, kind: function.lua, source: "return function(who) return who.name end" }
  - { name: report, kind: function.lua, source: "return function() return { n = 1 } end" }
  - { name: host, kind: host.config, security: { actor: { id: local }, groups: [callers] } }
`,
    },
    setUp: "moonkeep store set app:prices a1 250",
    samples: [
      { has: "return { total = total }", parsedOnly: "is the code of a function, which the shell block calls" },
      { has: "host.call(", before: `${HOST}await host.store("app:prices").set("a1", 250);\n`, after: CLOSE },
      { has: 'require("funcs").call', before: "local cart = {}\n" },
    ],
  },
  "docs/inspection.md": {
    files: entries(),
    samples: [{ has: "host.inspect", before: HOST, after: CLOSE, instead: { "7070": `${await freePort()}` } }],
    notRun: { "$ moonkeep inspect -r registry.yaml": "goes on until it is ended; test/cli/inspect.test.ts runs it" },
  },
  "docs/javascript.md": {
    files: entries("{ name: carts, kind: store.memory }"),
    samples: [
      { has: "await carts.set(", before: HOST, after: CLOSE },
      {
        has: 'defineModule("mail"',
        before: "const queue = async () => 7;\n",
        after: `console.log((await host.run("return require('mail').send('a@b').id")).value);\n${CLOSE}`,
      },
      { has: 'require("mail")', before: "package.preload = nil\n", parsedOnly: "needs the module of the sample above" },
      {
        has: 'defineHandle("shop.Cart"',
        after: `import { Host } from "moonkeep";
const host = await Host.open(undefined, { modules: [shop] });
console.log((await host.run("return require('shop').cart():add('a1')")).value);
${CLOSE}`,
      },
      {
        has: "total.release()",
        before: `${HOST}const source = "return function(x) return x.sku end";\n`,
        after: CLOSE,
      },
      { has: "esbuild.build", parsedOnly: "needs a bundle" },
    ],
  },
  "docs/operations.md": {
    samples: [
      {
        has: 'process.once("SIGTERM"',
        before: `import { createServer } from "node:http";\nimport { once } from "node:events";\n${HOST}const server = createServer().listen(0);\nawait once(server, "listening");\n`,
        after: 'process.kill(process.pid, "SIGTERM");\n',
      },
      {
        has: "collectMetrics(host, registry)",
        before: `const response = { setHeader() { return { end() {} }; } };\n`,
        after: CLOSE,
      },
      { has: "openTelemetry()", after: CLOSE },
    ],
    files: entries(),
  },
  "docs/plugins.md": {
    files: { ...entries("{ name: customers, kind: store.memory }"), ...greeter },
    samples: [
      { has: "host.plugins.reload", before: HOST, after: CLOSE },
      { has: "dataFolder:", parsedOnly: "needs a server" },
      {
        has: "cpuPerMinute",
        before: `${HOST}const folder = "./plugins/greeter";\nconst order = { id: 7, customer: "ada" };\n`,
        after: `console.assert(reports.length === 1);\n${CLOSE}`,
      },
    ],
  },
  "docs/policies.md": {
    files: { "script.lua": "return 1" },
    samples: [
      { has: "prefix = ", before: 'local store = require("store")\n' },
      { has: "allows: true", before: `${header}  - name: host\n    kind: host.config\n` },
    ],
  },
  "docs/prompt.md": {
    files: entries(),
    samples: [{ has: "host.session(", before: HOST, after: CLOSE }],
  },
  "docs/sandbox.md": {
    files: entries(),
    samples: [
      { has: "host.run(code);", parsedOnly: "shows four calls that do not go together" },
      { has: "perPlugin: 4", before: "import { Host } from 'moonkeep';\nconst path = 'registry.yaml';\n" },
    ],
  },
  "docs/stores.md": {
    env: { DB_PASSWORD: "secret", REDIS_PASSWORD: "secret" },
    files: { "registry.yaml.more": `  - ${CACHE}\n  - ${ANYONE}\n` },
    samples: [
      {
        has: "s:fetch(",
        before: `local s = require("store").get("app:cache")
local function load_user(id) return { id = id } end
local function pages() return ipairs({ "a", "b" }) end
local function report() end
`,
      },
      { has: "new Keyv(", before: HOST, after: CLOSE },
    ],
  },
  "docs/modules/events.md": {
    files: entries(),
    samples: [{ has: "host.events.subscribe", before: HOST, after: CLOSE }],
  },
  "docs/modules/funcs.md": {
    files: entries('{ name: price, kind: function.lua, source: "return function(cart) return #cart end" }'),
    samples: [{ has: "funcs.call(", before: "local cart = {1}\n", after: "\nassert(total == 1, err)" }],
  },
  "docs/modules/time.md": {
    samples: [
      {
        has: "time.after(",
        before: 'local time = require("time")\nlocal replies = channel.new(1)\nreplies:send(1)\n',
      },
    ],
  },
};
