/** Notes in memory, the newest last. */
export interface Notebook {
  add(text: string): number;
  /** The notes that contain a text, at most `limit` of them. */
  find(text: string, limit: number): readonly { readonly id: number; readonly text: string }[];
}

/** Makes an empty notebook that forgets its oldest note when there are more than `most`. */
export function createNotebook(most = 10_000): Notebook {
  const notes = new Map<number, string>();
  let last = 0;
  return {
    add(text) {
      notes.set(++last, text);
      if (notes.size > most) notes.delete(last - most);
      return last;
    },
    find(text, limit) {
      const found = [...notes].filter(([, note]) => note.includes(text)).slice(-limit);
      return found.map(([id, note]) => ({ id, text: note }));
    },
  };
}
