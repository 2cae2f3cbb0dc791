/** Tells connected clients what changed, as far as each of them asked to be told. */
export interface Notify {
  /** The content of a resource changed; whoever subscribed to it hears of it. */
  readonly resourceUpdated: (uri: string) => void;
  /**
   * Adding and removing components notifies by itself; these are for lists that change otherwise, such as a template's.
   */
  readonly toolsChanged: () => void;
  readonly promptsChanged: () => void;
  readonly resourcesChanged: () => void;
}
