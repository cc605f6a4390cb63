import type { Bytes } from "./value.ts";

/**
 * Told what reading a value has made, every now and then while it goes on: whoever counts memory (lua/meter/meter.ts)
 * puts itself here. It may throw, and the reading ends.
 */
export const making: { told: (bytes: Bytes) => void } = { told() {} };
