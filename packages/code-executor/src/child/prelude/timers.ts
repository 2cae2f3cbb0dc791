/** `setTimeout`, by the clock of the process outside. */
export const timers: string = String.raw`
const timers = create(null);
let timerId = 0;
let timerCount = 0;
const setTimeout = (callback, ms, ...args) => {
  if (typeof callback !== "function") throw new NativeTypeError("setTimeout needs a function.");
  if (timerCount >= 1000) throw new NativeRangeError("There are 1000 timers already.");
  timerCount += 1;
  timerId += 1;
  timers[timerId] = () => apply(callback, undefined, args);
  const delay = +ms;
  post("timer", timerId, delay > 0 ? min(delay, 2147483647) : 0);
  return timerId;
};
const clearTimeout = (id) => {
  if (typeof id !== "number" || timers[id] === undefined) return;
  delete timers[id];
  timerCount -= 1;
};
const fire = (id) => {
  const callback = timers[id];
  if (callback === undefined) return;
  delete timers[id];
  timerCount -= 1;
  try {
    callback();
  } catch (thrown) {
    fail(thrown);
  }
};
`;
