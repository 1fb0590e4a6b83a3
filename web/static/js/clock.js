// Times as people read them. Everything inside is whole milliseconds; only <audio> speaks seconds.

const two = (n) => String(n).padStart(2, "0");

/** `12:43`, and `1:52:10` from one hour up. */
export function clock(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(s / 3600);
  const minutes = Math.floor((s % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}

const counted = (n, one, many) => `${n} ${n === 1 ? one : many}`;

/** The same for a screen reader: `1 time 52 minutter 10 sekunder`. */
export function clockInWords(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const parts = [];
  if (s >= 3600) parts.push(counted(Math.floor(s / 3600), "time", "timer"));
  if (s >= 60) parts.push(counted(Math.floor((s % 3600) / 60), "minutt", "minutter"));
  parts.push(counted(s % 60, "sekund", "sekunder"));
  return parts.join(" ");
}

/** The place in a sorted list of the last number that is not greater than `value`; -1 before the first. */
export function lastNotAfter(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** What a browser keeps between visits; a browser that keeps nothing (private window) is fine too. */
export const kept = {
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, value);
      return true;
    } catch {
      return false;
    }
  },
  remove(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      /* nothing was kept */
    }
  },
};
