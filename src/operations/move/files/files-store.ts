/** Where parts of files are on their way, and what both sides have read so far: objects of one folder of a move. */
import type { TransferStore } from '../postgres';

/** Names are relative to the folder. */
export interface FilesStore extends Omit<TransferStore, 'addressToPut'> {
  /** An address that takes an object of any length by an HTTP `PUT`, valid for two hours. */
  addressToPut(name: string): Promise<string>;
  /** Removes the objects whose names begin so, with all their versions. */
  clear(beginning?: string): Promise<void>;
}
