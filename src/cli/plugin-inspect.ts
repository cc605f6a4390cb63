import type { InspectedPlugin } from "../host/check.ts";
import { inspectPlugin } from "../host/check.ts";
import { reached } from "../host/plugins/grants.ts";
import { type ExitCode, exit } from "./exit.ts";
import { Output, oneLine, type Styles, stylesOf } from "./output.ts";

export interface InspectFlags {
  readonly json?: boolean;
}

export async function pluginInspect(path: string, { json }: InspectFlags): Promise<ExitCode> {
  const plugin = inspectPlugin(path);
  const out = new Output(1, false);
  if (json === true) out.json(plugin, 2);
  else out.line(describe(plugin, await stylesOf(1)));
  out.flush();
  return exit.done;
}

function describe(plugin: InspectedPlugin, { dim }: Styles): string {
  const { name, version, description, moonkeep, functions, hooks, permissions } = plugin;
  const head = `${name} ${version}${description === undefined ? "" : `: ${description}`}`;
  const lines = [oneLine(head), dim(`works with moonkeep ${oneLine(moonkeep)}`)];
  const list = (title: string, items: readonly string[], none: string) =>
    lines.push("", `${title}:`, ...(items.length === 0 ? [none] : items).map((item) => `  ${oneLine(item)}`));
  list("functions", functions, "none");
  list(
    "hooks",
    hooks.map(({ on, id, priority, timeout }) => {
      const more = [`priority ${priority}`, ...(timeout === undefined ? [] : [`${timeout} ms at most`])];
      return `${on} calls ${id} (${more.join(", ")})`;
    }),
    "none",
  );
  list(
    "asks for, outside its own namespace",
    [
      ...permissions.map(({ actions, resources, reason }) => {
        const why = reason === undefined ? "" : `: ${reason}`;
        return `${actions.join(", ")} on ${resources.join(", ")}${why}`;
      }),
      ...reached(plugin).flatMap(({ asked, called }) => asked.map(called)),
    ],
    "nothing",
  );
  return lines.join("\n");
}
