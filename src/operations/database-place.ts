/** Where scripts run that need a database: next to it, with the programs of PostgreSQL and the login of its master. */

export interface ScriptOptions {
  /** Seconds after which the script is stopped. */
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
  /**
   * Variables of the script with secrets that live as long as a move. The place passes them so that no history, log or description of
   * a task contains them, and refuses where it cannot.
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Receives what the script writes to standard error, line by line, where the place can tell before the end. */
  readonly report?: (line: string) => void;
}

export interface ScriptResult {
  readonly exitCode: number;
  /** Complete. */
  readonly stdout: string;
  /** Its end, at least the last 20 lines. */
  readonly stderr: string;
}

/**
 * A place runs POSIX shell scripts (`sh -eu`), with the client programs of the database's version on the PATH, and with `PGHOST`,
 * `PGPORT`, `PGUSER`, `PGPASSWORD` or a way that needs none, `PGDATABASE` and `PGSSLMODE` of the owner of the server: the superuser
 * of a host, the master of RDS. Only busybox's programs can be relied on besides. A script may be 40 KB long; compressed it is a
 * quarter of that (`base64 -d | gunzip | sh -eu`). When it is stopped, all programs that it started are.
 */
export interface DatabasePlace {
  /** As messages name it: `the host of shop-mvp`. */
  readonly name: string;
  run(script: string, options: ScriptOptions): Promise<ScriptResult>;
}
