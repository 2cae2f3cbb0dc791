/** What has passed between a call and its client so far. */
export interface CallTraffic {
  /** A question was asked, or the request brought answers to one: the result depends on what the client said. */
  readonly asked: boolean;
  /** A progress report or a log message was given out for the client. */
  readonly reported: boolean;
  /** Milliseconds that the call has waited for the client's answers, those of an open question included. */
  readonly waitedMs: number;
}
