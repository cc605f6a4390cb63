/** What a plugin says of itself: `plugin.yaml`, in its folder beside its registry. */

import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { isAbsolute, join, resolve } from "node:path";
import { serverName } from "../../kinds/server-url.ts";
import { MAX_NAME_BYTES } from "../../limits.ts";
import { readDocument } from "../../registry/document.ts";
import { RegistryError } from "../../registry/errors.ts";
import { isInside, shownPath } from "../../registry/files.ts";
import type { Problem } from "../../registry/problem.ts";
import {
  custom,
  duration,
  fields,
  list,
  type Output,
  oneOrMany,
  optional,
  text,
  wholeNumber,
} from "../../registry/schema.ts";
import {
  notAbsolute,
  notAVariable,
  notAVersion,
  notAVersionRange,
  passwordInManifest,
  serverForm,
  tooLongToAsk,
  tooMany,
  tooManyPermissions,
  wrongHostVersion,
} from "./errors.ts";
import { nameProblem } from "./names.ts";
import { hostVersion } from "./version.ts";

/** Loaded with the first plugin: most runs have none. */
const semver = () => createRequire(import.meta.url)("semver") as typeof import("semver");

const name = custom(text({ description: "its name, which is the namespace of its entries, too" }), (given, report) => {
  const problem = nameProblem(given);
  if (problem !== undefined) report(problem);
  return given;
});

const version = custom(text({ description: "its own version: 1.2.0" }), (given, report) => {
  if (semver().valid(given) === null) report(notAVersion(JSON.stringify(given)));
  return given;
});

const range = custom(text({ description: "the versions of moonkeep that it works with: ^0.2" }), (given, report) => {
  if (semver().validRange(given) === null) report(notAVersionRange(JSON.stringify(given)));
  else if (!semver().satisfies(hostVersion(), given, { includePrerelease: true })) {
    report(wrongHostVersion(given, hostVersion()));
  }
  return given;
});

const permission = fields({
  actions: oneOrMany(text({ description: "store.get, store.key.*" })),
  resources: oneOrMany(text({ description: "app:orders, app:*" })),
  reason: optional(text({ description: "what it is for, in words for whoever grants it" })),
});

const file = custom(text({ description: "/var/lib/shop/orders.db" }), (given, report) => {
  if (!isAbsolute(given) || given.includes("\0")) report(notAbsolute(JSON.stringify(given)));
  return resolve(given);
});

const SERVER = "postgres://user@host:port/database or redis://host:port/0";
const server = custom(text({ description: SERVER }), (given, report) => {
  const known = serverName(given);
  if (known === undefined) report(serverForm(SERVER));
  else if (new URL(given).password !== "") report(passwordInManifest);
  return known ?? given;
});

const variable = custom(text({ description: "SHOP_DATABASE_URL" }), (given, report) => {
  if (!/^[A-Za-z_]\w*$/.test(given)) report(notAVariable(JSON.stringify(given)));
  return given;
});

const hook = fields({
  on: text({ description: "the hook: order.created" }),
  call: text({ description: "the function of the plugin that is called" }),
  priority: optional(wholeNumber({ min: -1000, max: 1000, description: "lower ones are called first" }), 0),
  timeout: optional(duration({ min: 1, description: "how long it may take" })),
});

const schema = fields({
  name,
  version,
  moonkeep: range,
  description: optional(text({ description: "what it does, in a sentence" })),
  permissions: optional(list(permission, { description: "what it asks for, outside its own namespace" })),
  modules: optional(list(text(), { description: "the application's own modules that it asks for" })),
  kinds: optional(
    list(text(), { description: "the kinds of entries that it asks for, beyond functions and memory stores" }),
  ),
  files: optional(
    list(file, { description: "the files outside its data folder that it asks for, by their absolute paths" }),
  ),
  servers: optional(list(server, { description: "the database servers that it asks for, without passwords" })),
  env: optional(list(variable, { description: "the environment variables that it asks for" })),
  hooks: optional(list(hook, { description: "what it wants to hear of" })),
});

type Content = Output<typeof schema>;

/** A permission that a plugin asks for. */
export interface AskedPermission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** What it is for. */
  readonly reason?: string | undefined;
}

export type HookSubscription = Output<typeof hook>;

type Lists = "permissions" | "modules" | "kinds" | "files" | "servers" | "env" | "hooks";

export interface Manifest
  extends Omit<Content, Lists | "description">,
    Readonly<{ [Name in Lists]: NonNullable<Content[Name]> }> {
  readonly description: string | undefined;
  /** Something that is found wrong with a field later. */
  problem(path: readonly (string | number)[], message: string): Problem;
}

/** What a plugin may ask for of each kind: all of it is compared with what is granted, in one step of the host. */
const MOST = 1000;

export const MANIFEST = "plugin.yaml";
export const REGISTRY = "registry.yaml";

/**
 * @param folder of the plugin
 * @throws RegistryError with every problem
 */
export function readManifest(folder: string): Manifest {
  for (const file of [MANIFEST, REGISTRY]) checkInside(folder, file);
  const { content, problem } = readDocument(join(folder, MANIFEST), schema, { env: {} });
  const { permissions = [], modules = [], kinds = [], files = [], servers = [], env = [], hooks = [] } = content;
  const { description } = content;
  const asked = permissions.reduce((sum, one) => sum + one.actions.length * one.resources.length, 0);
  const counts = { permissions: asked, modules, kinds, files, servers, env, hooks };
  const isLong = (one: string) => one.length > MAX_NAME_BYTES;
  const long = permissions.flatMap(({ actions, resources }, i) =>
    actions.some(isLong) || resources.some(isLong) ? [problem(["permissions", i], tooLongToAsk(MAX_NAME_BYTES))] : [],
  );
  const problems = Object.entries(counts).flatMap(([name, given]) => {
    const count = typeof given === "number" ? given : given.length;
    if (count <= MOST) return [];
    return [problem([name], name === "permissions" ? tooManyPermissions(MOST, count) : tooMany(name, MOST, count))];
  });
  if (problems.length + long.length > 0) throw new RegistryError([...problems, ...long]);
  return { ...content, description, permissions, modules, kinds, files, servers, env, hooks, problem };
}

/** A link that leads out of the plugin's folder would make somebody else's file a part of it. */
function checkInside(folder: string, file: string): void {
  try {
    if (isInside(realpathSync(join(folder, file)), realpathSync(folder))) return;
  } catch {
    return; // reading it says what is wrong
  }
  const path = shownPath(join(folder, file), process.cwd());
  throw new RegistryError([{ file: path, path: "", message: "this link leads outside the plugin's folder" }]);
}
