/**
 * The frames of a session's data channel. Pure. Integers are big-endian.
 *
 *   0 header length | 4 type, 32 characters | 36 version | 40 created, ms | 48 sequence number | 56 flags | 64 id, its halves swapped
 *   80 SHA-256 of the payload | 112 payload type | 116 payload length | 120 payload
 *
 * Source: https://github.com/aws/session-manager-plugin, src/message.
 */
import { createHash, randomUUID } from 'node:crypto';

/** `input_stream_data` goes to the agent, `output_stream_data` comes from it. */
export type MessageType =
  'input_stream_data' | 'output_stream_data' | 'acknowledge' | 'channel_closed' | 'start_publication' | 'pause_publication';

/** What the payload of stream data is. */
export const PAYLOAD = {
  none: 0,
  output: 1,
  error: 2,
  size: 3,
  parameter: 4,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  encryptionChallengeRequest: 8,
  encryptionChallengeResponse: 9,
  flag: 10,
  standardError: 11,
  exitCode: 12,
} as const;

/** Payloads of the type `flag`. */
export const FLAG = { disconnectFromPort: 1, terminateSession: 2, cannotConnectToPort: 3 } as const;

export interface SessionMessage {
  /** One of `MessageType`, or of a later version. */
  readonly type: string;
  readonly sequence: number;
  /** As a UUID in its usual notation. */
  readonly id: string;
  readonly payloadType: number;
  readonly payload: Buffer;
}

const HEADER_LENGTH = 116;
const PAYLOAD_START = HEADER_LENGTH + 4;
const TYPE_LENGTH = 32;
const ID_HALF = 8;

const OFFSET = {
  type: 4,
  version: 36,
  created: 40,
  sequence: 48,
  flags: 56,
  id: 64,
  digest: 80,
  payloadType: 112,
  payloadLength: 116,
} as const;

/** The first and the last message of its sequence: acknowledgements are none of the stream. */
const ALONE = 3n;

const digestOf = (payload: Buffer): Buffer => createHash('sha256').update(payload).digest();

export function encode({ type, sequence, id, payloadType, payload }: SessionMessage): Buffer {
  const frame = Buffer.alloc(PAYLOAD_START + payload.length);
  frame.writeUInt32BE(HEADER_LENGTH, 0);
  frame.fill(' ', OFFSET.type, OFFSET.type + TYPE_LENGTH);
  frame.write(type, OFFSET.type, TYPE_LENGTH, 'ascii');
  frame.writeUInt32BE(1, OFFSET.version);
  frame.writeBigUInt64BE(BigInt(Date.now()), OFFSET.created);
  frame.writeBigInt64BE(BigInt(sequence), OFFSET.sequence);
  frame.writeBigUInt64BE(type === 'acknowledge' ? ALONE : 0n, OFFSET.flags);
  const uuid = Buffer.from(id.replaceAll('-', ''), 'hex');
  uuid.copy(frame, OFFSET.id, ID_HALF);
  uuid.copy(frame, OFFSET.id + ID_HALF, 0, ID_HALF);
  digestOf(payload).copy(frame, OFFSET.digest);
  frame.writeUInt32BE(payloadType, OFFSET.payloadType);
  frame.writeUInt32BE(payload.length, OFFSET.payloadLength);
  payload.copy(frame, PAYLOAD_START);
  return frame;
}

/** @returns undefined for what is not a message, or was damaged */
export function decode(frame: Buffer): SessionMessage | undefined {
  if (frame.length < PAYLOAD_START) return undefined;
  const headerLength = frame.readUInt32BE(0);
  // A later version may have a longer header: the length of the payload is its end.
  if (headerLength < HEADER_LENGTH || headerLength + 4 > frame.length) return undefined;
  const payload = frame.subarray(headerLength + 4);
  const type = frame.toString('ascii', OFFSET.type, OFFSET.type + TYPE_LENGTH).replace(/[\0 ]+$/, '');
  const digest = frame.subarray(OFFSET.digest, OFFSET.digest + 32);
  if (payload.length > 0 && !digestOf(payload).equals(digest)) return undefined;
  const swapped = frame.subarray(OFFSET.id, OFFSET.id + 2 * ID_HALF);
  const id = Buffer.concat([swapped.subarray(ID_HALF), swapped.subarray(0, ID_HALF)]).toString('hex');
  return {
    type,
    sequence: Number(frame.readBigInt64BE(OFFSET.sequence)),
    id: id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    payloadType: frame.readUInt32BE(OFFSET.payloadType),
    payload,
  };
}

/** The frame that tells the agent that a message has arrived. */
export function acknowledgement({ type, id, sequence }: SessionMessage): Buffer {
  const content = {
    AcknowledgedMessageType: type,
    AcknowledgedMessageId: id,
    AcknowledgedMessageSequenceNumber: sequence,
    IsSequentialMessage: true,
  };
  const payload = Buffer.from(JSON.stringify(content));
  return encode({ type: 'acknowledge', sequence: 0, id: randomUUID(), payloadType: PAYLOAD.none, payload });
}
