/**
 * Does some work, and looks how long the event loop was kept by it.
 * @param {() => Promise<unknown>} work
 * @returns the longest time between two turns of the event loop, and the whole time, in milliseconds
 */
export async function longestTurn(work) {
  const began = performance.now();
  let longest = 0;
  let last = began;
  let isOver = false;
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  isOver = true;
  return { longest, whole: performance.now() - began };
}
