/**
 * Keeps this process from sleeping until the returned function is called. Who wakes a sleeping client pays for it in the
 * kernel, so a generator that has time to sleep would charge the slower servers with microseconds that are not theirs.
 */
export function stayAwake(): () => void {
  let awake = true;
  const turn = (): void => {
    if (awake) setImmediate(turn);
  };
  turn();
  return () => {
    awake = false;
  };
}
