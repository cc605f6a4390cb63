/** The commands of the prompt: what is typed with a colon before it. */
import { InvalidArgumentError } from "commander";
import type { Host } from "../../host/host.ts";
import type { CallOptions } from "../../host/run-options.ts";
import { UsageError } from "../exit.ts";
import type { Styles } from "../output.ts";
import { type Pairs, pairs } from "../pairs.ts";
import { checkQuestion, describeExplanation, missingNote } from "../policy-explain.ts";
import { readScript } from "../script-file.ts";
import { notAnId, unknownCommand, wrongPair, wrongUse } from "./errors.ts";
import type { Command } from "./words.ts";

/** What commands do their work on. */
export interface Prompt {
  readonly host: Host;
  readonly styles: Styles;
  /** Who acts, and under which policies. */
  readonly acting: CallOptions;
  say(text: string): void;
  /** Runs code in the session, and shows what it comes to. */
  run(code: string | Uint8Array, name: string, args?: readonly string[]): Promise<void>;
  /** Begins anew as somebody else. */
  become(actor: CallOptions["actor"]): void;
  /** What the registry has now. */
  renew(): void;
  leave(): void;
}

interface CommandOf {
  readonly usage: string;
  readonly help: string;
  readonly do: (prompt: Prompt, args: readonly string[]) => void | Promise<void>;
}

const commands: Readonly<Record<string, CommandOf>> = {
  actor: {
    usage: ":actor [id [name=value…]]",
    help: 'say who acts, or act as somebody else, with a fresh state; ":actor -" is whom the registry names',
    do(prompt, [id, ...words]) {
      if (id === undefined) return prompt.say(actorName(prompt.acting.actor));
      const actor = id === "-" ? undefined : { id, meta: pairsOf(words) };
      prompt.become(actor);
      prompt.say(`acting as ${actorName(actor)}; the globals are gone`);
    },
  },
  explain: {
    usage: ":explain action resource [name=value…]",
    help: "whether the policies allow it, and why, such as :explain store.key.set app:cache key=user:1",
    do(prompt, [action, resource, ...words]) {
      if (action === undefined || resource === undefined) throw new UsageError(wrongUse(commands.explain!.usage));
      const { actor, groups } = prompt.acting;
      const attributes = pairsOf(words);
      const { registry } = prompt.host;
      checkQuestion(registry, action, attributes);
      prompt.say(
        describeExplanation(prompt.host.explain({ actor, groups, action, resource, attributes }), prompt.styles),
      );
      const missing = missingNote(registry, action, resource);
      if (missing !== undefined) prompt.say(missing);
    },
  },
  help: {
    usage: ":help",
    help: "this list",
    do(prompt) {
      const all = Object.values(commands);
      const width = Math.max(...all.map(({ usage }) => usage.length));
      prompt.say("Lua is run as it is typed; an expression shows its value. Tab completes. Ctrl-C ends what runs.");
      for (const { usage, help } of all) prompt.say(`  ${usage.padEnd(width)}  ${help}`);
    },
  },
  quit: { usage: ":quit", help: "leave, as Ctrl-D does", do: (prompt) => prompt.leave() },
  reload: {
    usage: ":reload",
    help: "read the registry again; globals stay",
    async do(prompt) {
      await prompt.host.reload();
      prompt.renew();
      prompt.say("the registry was read again");
    },
  },
  run: {
    usage: ":run file.lua [args…]",
    help: "run a file here, with these words in arg: its globals stay",
    async do(prompt, [file, ...args]) {
      if (file === undefined) throw new UsageError(wrongUse(commands.run!.usage));
      await prompt.run(readScript(file), file, args);
    },
  },
  store: {
    usage: ":store [id]",
    help: "list the stores; or open one as the global s, and show its first keys",
    async do(prompt, [id, ...more]) {
      if (more.length > 0) throw new UsageError(wrongUse(commands.store!.usage));
      if (id === undefined) return listStores(prompt);
      if (!/^[\w.-]+:[\w.-]+$/.test(id)) throw new UsageError(notAnId(id));
      await prompt.run(openStore(id), "store");
    },
  },
};

export const commandNames: readonly string[] = Object.keys(commands);

/** @throws UsageError for a command that is not there, or is typed in another way */
export async function perform({ name, args }: Command, prompt: Prompt): Promise<void> {
  const known = commands[name];
  if (known === undefined || !Object.hasOwn(commands, name)) throw new UsageError(unknownCommand(name, commandNames));
  await known.do(prompt, args);
}

const openStore = (id: string) => `
local opened, err = require('store').get("${id}")
if not opened then return nil, err end
s = opened
local page, err = s:list({limit = 20})
if not page then return nil, err end
for _, entry in ipairs(page.items) do print(entry.key, entry.value) end
print(#page.items == 0 and "the store is empty; s is its handle"
  or page.has_more and "these are its first entries; s is its handle" or "s is its handle")`;

function listStores(prompt: Prompt): void {
  const stores = prompt.host.registry.find().filter(({ kind }) => kind.startsWith("store."));
  const width = Math.max(0, ...stores.map(({ id }) => id.length));
  for (const { id, kind } of stores) prompt.say(`  ${id.padEnd(width)}  ${kind}`);
  if (stores.length === 0) prompt.say("the registry has no stores");
}

const actorName = (actor: CallOptions["actor"]): string =>
  actor === undefined ? "whom the registry names" : typeof actor === "string" ? actor : actor.id;

/** @throws UsageError for a word that is not a pair */
function pairsOf(words: readonly string[]): Pairs {
  let all: Pairs = {};
  for (const word of words) {
    try {
      all = pairs(word, all);
    } catch (e) {
      throw e instanceof InvalidArgumentError ? new UsageError(wrongPair(word, e.message)) : e;
    }
  }
  return all;
}
