/** What a move of a PostgreSQL database consists of: its two sides, and the way between them. */
import type { DatabasePlace } from '../../database-place';
import type { TransferStore } from './transfer-store';

/** How a script logs in to the other side. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** `require`, `verify-full`, or `disable` on loopback. */
  readonly sslMode: string;
  /** The file with the certificate authority, where the script runs; for `verify-full`. */
  readonly sslRootCertificate?: string;
  /** A shell command that prints the password where the script runs, so that no script contains it. */
  readonly passwordCommand: string;
}

/** How the dump gets from the source to the target. */
export type Route =
  /** One place reaches both servers: it dumps into its own folder and restores from it. */
  | {
      readonly kind: 'direct';
      /** The place of the source or of the target. */
      readonly at: 'source' | 'target';
      /** The server of the other side, as this place reaches it. */
      readonly other: Connection;
      /** A folder for the dump, in which the script may write. It is created, and removed by `finish` and `abandon`. */
      readonly folder: string;
    }
  /**
   * Through a store. Scripts of the source find the dump of an earlier one in its folder. The target needs any wget, and its folder
   * may be gone after each script, as that of a task or a pod is.
   */
  | {
      readonly kind: 'store';
      readonly store: TransferStore;
      readonly sourceFolder: string;
      readonly targetFolder: string;
      /** @default at the source, in its folder */
      readonly sender?: Sender;
    };

/** Where parts of the dump are sent from: it needs curl, which images of PostgreSQL do not have, and reads the files of the source. */
export interface Sender {
  readonly place: DatabasePlace;
  /** The folder of the source, as this place sees it. */
  readonly sourceFolder: string;
  /** For the parts. It is removed with the dump. */
  readonly folder: string;
}

/** Where the server of the target finds the server of the source, for logical replication. */
export interface LiveRoute {
  readonly host: string;
  readonly port: number;
  /** As libpq knows it. @example 'require' */
  readonly sslMode: string;
}

export interface DatabaseMove {
  /**
   * Of this move, and the same when it is continued: marks what belongs to it in both servers.
   * Lower-case letters, digits and underscores, at most 30.
   */
  readonly id: string;
  /** Its `PGDATABASE` is the database to move. */
  readonly source: DatabasePlace;
  /** Its `PGDATABASE` is the database to fill. It exists. */
  readonly target: DatabasePlace;
  readonly route: Route;
  /** Connections that dump and restore at the same time. */
  readonly jobs: number;
  /** Only for moves with `--live`. */
  readonly live?: LiveRoute;
}

export interface StepOptions {
  readonly signal?: AbortSignal;
  /** Receives progress, line by line. */
  readonly report: (line: string) => void;
  /** Seconds after which one script is stopped. @default 6 hours for a copy, 10 minutes for everything else */
  readonly timeoutSeconds?: number;
}
