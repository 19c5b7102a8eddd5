/** Where the parts of a dump are kept on their way: objects behind addresses that need no login, such as presigned ones of S3. */

/** One part of a dump. */
export interface StoredPart {
  /** `0003-<SHA-256>`: its place in the dump, and its content. */
  readonly name: string;
  readonly bytes: number;
}

/** The parts of one move. Names are relative to it. */
export interface TransferStore {
  /** An address that takes the part by an HTTP `PUT` of at most `bytes`, valid for at least an hour. */
  addressToPut(name: string, bytes: number): Promise<string>;
  /** An address that returns the part by an HTTP `GET`, valid for at least six hours. */
  addressToGet(name: string): Promise<string>;
  /** All parts that are complete. */
  list(): Promise<readonly StoredPart[]>;
  /** Removes all parts, and uploads that were interrupted. */
  clear(): Promise<void>;
}
