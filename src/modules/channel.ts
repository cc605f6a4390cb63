/** `channel`, a global of every script and also `require("channel")`: how coroutines of a script hand values on. */

import { MoonkeepError } from "../errors.ts";
import { integer, optional } from "../lua/boundary/arg.ts";
import { raw } from "../lua/boundary/function.ts";
import { defineHandle, type HandleDescription } from "../lua/boundary/handle.ts";
import { knownHandle } from "../lua/boundary/handle-type.ts";
import { defineModule, type Module, plain } from "../lua/boundary/module.ts";
import { Channel, caseReceive, caseSend, methodOf, receive, SelectCase, select, send } from "../lua/run/channel.ts";
import { channelSize } from "./errors.ts";
import { anything } from "./params.ts";

function create(size = 0): Channel {
  if (size >= 0) return new Channel(size);
  throw new MoonkeepError("INVALID", channelSize(size));
}

const value = anything("value");

export const channelHandle: HandleDescription = defineHandle(
  "channel.Channel",
  Channel,
  {},
  {
    functions: {
      send: raw([value], methodOf(send)),
      receive: raw([], methodOf(receive)),
      close: plain([], (channel: Channel) => channel.close()),
      case_send: raw([value], methodOf(caseSend)),
      case_receive: raw([], methodOf(caseReceive)),
    },
    isOne: true,
    holds: (channel) => channel.values(),
    bytes: ({ bytes }) => bytes,
    tostring: ({ capacity }) => `channel.Channel{${capacity}}`,
  },
);

export const caseHandle: HandleDescription = defineHandle(
  "channel.Case",
  SelectCase,
  {},
  {
    holds: ({ channel, value: sent }) => (sent === undefined ? knownHandle(channel) : [sent, ...knownHandle(channel)]),
  },
);

export const channelModule: Module = defineModule("channel", {
  new: plain([optional(integer("size"))], (_, size) => create(size)),
  select: raw([anything("cases")], () => select),
});
