/** What a host is told at its first boot, as EC2 takes it. */
import type { MarkedReferences } from '../../terraform/marked-references';

/** Bytes that EC2 accepts. Source: Amazon EC2 user guide, "Run commands when you launch an EC2 instance". */
const LARGEST_USER_DATA = 16_384;

/** Room for references that become longer values. */
const MARGIN = 1_024;

/**
 * The text as a Terraform string.
 * @throws Error when it is too long: what does not fit belongs into the configuration that the host pulls
 */
export function userDataText(text: string, references: MarkedReferences): string {
  const bytes = Buffer.byteLength(text);
  if (bytes > LARGEST_USER_DATA - MARGIN) {
    throw new Error(
      `user data has ${bytes} bytes, EC2 takes ${LARGEST_USER_DATA}: move steps into the configuration of the host`,
    );
  }
  return references.reveal(text);
}
