/**
 * The candidate that a misspelt `name` most likely meant, by the number of inserted, dropped, changed or swapped
 * characters (optimal string alignment distance), without regard to letter case.
 *
 * @param maxDistance Edits that still count as a typo. By default a third of the name's length, at least one.
 */
export function nearestName(
  name: string,
  candidates: Iterable<string>,
  maxDistance: number = Math.max(1, Math.floor(name.length / 3)),
): string | undefined {
  let best: string | undefined;
  let smallest = maxDistance + 1;
  const wanted = name.toLowerCase();
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= smallest) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), smallest);
    if (distance < smallest) [best, smallest] = [candidate, distance];
  }
  return best;
}

/** @returns the distance, or some number of at least `limit` as soon as it cannot be less */
function editDistance(from: string, to: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const cost = from[row - 1] === to[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (current[column - 1] ?? 0) + 1,
        (last[column] ?? 0) + 1,
        (last[column - 1] ?? 0) + cost,
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    // Distances only grow from row to row, but for a swap, which reaches back over one.
    if (Math.min(...last) >= limit && Math.min(...current) >= limit) return limit;
    [beforeLast, last] = [last, current];
  }
  return last[to.length] ?? 0;
}
