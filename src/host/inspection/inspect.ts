/** Opens the page of a host. Loaded when somebody asks for it, and the server with it. */
import type { Host } from "../host.ts";
import type { World } from "../world.ts";
import { Inspection } from "./inspection.ts";
import type { InspectOptions, Inspector } from "./options.ts";

/**
 * @param closed called when the page is closed, each time that is asked for
 * @throws Error when the port can't be had
 */
export async function inspect(
  host: Host,
  world: World,
  options: InspectOptions,
  closed: () => void,
): Promise<Inspector> {
  const { serve } = await import("../../inspect/server.ts");
  const {
    port,
    token,
    close: stop,
  } = await serve(new Inspection(host, world, options), options.port ?? 0, options.write ?? false);
  const close = async (): Promise<void> => {
    await stop();
    closed();
  };
  return {
    port,
    token,
    url: `http://127.0.0.1:${port}/?token=${token}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}
