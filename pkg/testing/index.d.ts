import type { ErrorCode, SessionState } from "../index.js";

/** The edge's own codes; `network` stands for an answer that never came. */
export type FakeCode = Exclude<ErrorCode, "aborted" | "not_ready" | `passkey_${"not_allowed" | "unsupported" | "security"}`>;

/** Scenarios by name; each refuses the next request that it is about, `idle` ends the session. */
export type Scenario =
  | "sign_in_failed"
  | "locked"
  | "code_wrong"
  | "code_gone"
  | "desk_needed"
  | "session_limit"
  | "stop_unknown"
  | "origin_timeout"
  | "password_wrong"
  | "password_refused"
  | "opening_refused"
  | "plain_refused"
  | "stale_login"
  | "idle";

export interface FakeEdgeOptions {
  /** The clock, in milliseconds since the epoch; default `Date.now`. */
  now?: () => number;
  /** Whether somebody is logged in from the start; default false. */
  signedIn?: boolean;
  /** Whether a login by password asks for a code; default `off`. */
  second_factor?: "always" | "off";
  /** The one-time code that is right; default `123456`. */
  code?: string;
  /** The stop number that is right; default `123456789012`. */
  stop_number?: string;
  /** The relying party id of passkeys; default `localhost`. */
  rp_id?: string;
  /** Where a login leads; default `/home`. */
  home?: string;
  /** The idle rule, in milliseconds; default 180 minutes and 5. */
  session?: Partial<Pick<SessionState, "timeout_ms" | "window_ms">>;
  /** The site's origin in `/.sekisho/site`; default the page's. */
  origin?: string;
  /** Members of `/.sekisho/site` to be answered instead, `password_rules` for instance. */
  site?: Record<string, unknown>;
}

/** One customer at an edge that verifies nothing: any id, password, passkey signature is taken, unless the test refuses it. */
export class FakeEdge {
  constructor(options?: FakeEdgeOptions);
  /** Stands in for `fetch`: other paths than `/.sekisho/` go to the one that was there. */
  readonly fetch: typeof globalThis.fetch;
  /** What was asked so far. */
  readonly requests: Array<{ method: string; path: string; body: string | undefined }>;
  /** Refuses the next request to `path` with `code`; with `always`, all of them until `clear`. */
  refuse(path: string, code: FakeCode, options?: { details?: Record<string, unknown>; always?: boolean }): void;
  /** Plays a scenario by its name. */
  play(scenario: Scenario): void;
  /** Takes back what `refuse` and `play` asked for. */
  clear(): void;
  /** The session has `ms` milliseconds left from now. @throws where nobody is logged in. */
  remaining(ms: number): void;
  /** Ends the session: by its idle time, or from elsewhere (default). */
  end(reason?: "session_idle" | "no_session"): void;
}
