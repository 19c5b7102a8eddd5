import fc from 'fast-check';
import { Arrivals } from '../../../src/operations/session/arrivals';
import { Departures } from '../../../src/operations/session/departures';
import { answerHandshake } from '../../../src/operations/session/handshake';
import { acknowledgement, decode, encode, PAYLOAD } from '../../../src/operations/session/message';
import { Multiplexer } from '../../../src/operations/session/multiplexer';

const bytes = fc.uint8Array({ maxLength: 2000 }).map((array) => Buffer.from(array));
const message = fc.record({
  type: fc.constantFrom('input_stream_data', 'output_stream_data', 'acknowledge', 'channel_closed'),
  sequence: fc.maxSafeNat(),
  id: fc.uuid(),
  payloadType: fc.integer({ min: 0, max: 12 }),
  payload: bytes,
});

describe('a frame', () => {
  test('is read as what was written', () => {
    fc.assert(fc.property(message, (one) => expect(decode(encode(one))).toEqual(one)));
  });

  test('whose payload was damaged is not read', () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.integer({ min: 1, max: 255 }), (one, at, change) => {
        fc.pre(one.payload.length > 0);
        const frame = encode(one);
        const index = 120 + (at % one.payload.length);
        frame[index] = frame[index]! ^ change;
        expect(decode(frame)).toBeUndefined();
      }),
    );
  });

  test('that is cut off, or is none, is not read, and throws nothing', () => {
    fc.assert(fc.property(bytes, (one) => void decode(one)));
    fc.assert(fc.property(message, fc.nat(), (one, at) => expect(decode(encode(one).subarray(0, at % 120))).toBeUndefined()));
  });

  // Byte for byte as the service's own client writes it.
  test('has the layout of Session Manager', () => {
    const frame = encode({
      type: 'input_stream_data',
      sequence: 7,
      id: '00112233-4455-6677-8899-aabbccddeeff',
      payloadType: PAYLOAD.output,
      payload: Buffer.from('hi'),
    });
    expect(frame.length).toBe(122);
    expect(frame.readUInt32BE(0)).toBe(116);
    expect(frame.toString('ascii', 4, 36)).toBe('input_stream_data               ');
    expect(frame.readBigInt64BE(48)).toBe(7n);
    expect(frame.toString('hex', 64, 80)).toBe('8899aabbccddeeff0011223344556677');
    expect(frame.readUInt32BE(112)).toBe(1);
    expect(frame.readUInt32BE(116)).toBe(2);
    expect(frame.toString('ascii', 120)).toBe('hi');
  });

  test('acknowledges a message by its id and number', () => {
    const one = { type: 'output_stream_data', sequence: 3, id: '00112233-4455-6677-8899-aabbccddeeff', payloadType: 1 };
    const { type, payload } = decode(acknowledgement({ ...one, payload: Buffer.alloc(0) }))!;
    expect(type).toBe('acknowledge');
    expect(JSON.parse(payload.toString())).toEqual({
      AcknowledgedMessageType: 'output_stream_data',
      AcknowledgedMessageId: one.id,
      AcknowledgedMessageSequenceNumber: 3,
      IsSequentialMessage: true,
    });
  });
});

test('messages that arrive in any order, any number of times, are delivered once and in order', () => {
  const shuffled = fc.integer({ min: 1, max: 60 }).chain((count) =>
    fc
      .array(fc.nat({ max: count - 1 }), { maxLength: 60 })
      .chain((again) =>
        fc.shuffledSubarray([...Array.from({ length: count }, (_, index) => index), ...again], {
          minLength: count + again.length,
        }),
      )
      .map((order) => ({ count, order })),
  );
  fc.assert(
    fc.property(shuffled, ({ count, order }) => {
      const arrivals = new Arrivals<{ sequence: number }>();
      const delivered = order.flatMap((sequence) => arrivals.take({ sequence }) ?? []);
      expect(delivered.map(({ sequence }) => sequence)).toEqual(Array.from({ length: count }, (_, index) => index));
    }),
  );
});

test('a message that does not fit among the early ones is not taken, so that it is sent again', () => {
  const arrivals = new Arrivals<{ sequence: number }>();
  for (let sequence = 1; sequence <= 10_000; sequence += 1) expect(arrivals.take({ sequence })).toEqual([]);
  expect(arrivals.take({ sequence: 10_001 })).toBeUndefined();
  expect(arrivals.take({ sequence: 0 })).toHaveLength(10_001);
});

describe('what was sent', () => {
  const frame = (text: string): Buffer => Buffer.from(text);

  test('is sent again, oldest first, until it is acknowledged', () => {
    const departures = new Departures();
    departures.add(0, frame('a'), 0);
    departures.add(1, frame('b'), 0);
    expect(departures.overdue(999)).toEqual([]);
    expect(departures.overdue(1000)).toEqual([frame('a'), frame('b')]);
    expect(departures.overdue(1500)).toEqual([]);
    departures.acknowledge(0, 1600);
    expect(departures.overdue(2000)).toEqual([frame('b')]);
    departures.acknowledge(1, 2100);
    expect(departures.overdue(9000)).toEqual([]);
  });

  test('waits as long as the round trip asks for, and never less than 200 ms', () => {
    const departures = new Departures();
    departures.add(0, frame('a'), 0);
    departures.acknowledge(0, 100);
    departures.add(1, frame('b'), 1000);
    expect(departures.overdue(1299)).toEqual([]);
    expect(departures.overdue(1300)).toEqual([frame('b')]);
  });

  test('is given up after five minutes', () => {
    const departures = new Departures();
    departures.add(0, frame('a'), 0);
    expect(departures.isGivenUp(300_000)).toBe(false);
    expect(departures.isGivenUp(300_001)).toBe(true);
  });
});

describe('the handshake', () => {
  const request = (...actions: object[]): Buffer =>
    Buffer.from(JSON.stringify({ AgentVersion: '3.3.1', RequestedClientActions: actions }));
  const answered = (...actions: object[]) => {
    const { payload, refusal } = answerHandshake(request(...actions));
    return { answer: JSON.parse(payload.toString()), refusal };
  };

  test.each(['Standard_Stream', 'InteractiveCommands', 'NonInteractiveCommands', 'Port'])('accepts a session of %s', (type) => {
    const { answer, refusal } = answered({ ActionType: 'SessionType', ActionParameters: { SessionType: type } });
    expect(refusal).toBeUndefined();
    expect(answer).toMatchObject({ ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: 1 }], Errors: [] });
  });

  test.each([
    [{ ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'key' } }, 2, /encrypt sessions with a KMS key/],
    [{ ActionType: 'SessionType', ActionParameters: { SessionType: 'Video' } }, 2, /unknown type Video/],
    [{ ActionType: 'Dance', ActionParameters: {} }, 3, /asks for Dance/],
  ])('refuses %j', (action, status, text) => {
    const { answer, refusal } = answered(action);
    expect(refusal).toMatch(text);
    expect(answer.ProcessedClientActions[0].ActionStatus).toBe(status);
    expect(answer.Errors).toHaveLength(1);
  });
});

test('connections in one stream of bytes stay apart, in whatever pieces it arrives', () => {
  const writes = fc.array(fc.tuple(fc.nat({ max: 2 }), bytes), { maxLength: 20 });
  fc.assert(
    fc.property(writes, fc.integer({ min: 1, max: 300 }), (all, piece) => {
      const wire: Buffer[] = [];
      const client = new Multiplexer({ transmit: (one) => void wire.push(one), data: () => undefined, end: () => undefined });
      const connections = [client.open(), client.open(), client.open()];
      for (const [index, data] of all) client.write(connections[index]!, data);
      for (const connection of connections) client.end(connection);
      const received = new Map<number, Buffer[]>();
      const ended: number[] = [];
      const other = new Multiplexer({
        transmit: () => undefined,
        data: (connection, data) => void received.set(connection, [...(received.get(connection) ?? []), Buffer.from(data)]),
        end: (connection) => void ended.push(connection),
      });
      const stream = Buffer.concat(wire);
      for (let at = 0; at < stream.length; at += piece) other.receive(stream.subarray(at, at + piece));
      connections.forEach((connection, index) => {
        const sent = all.filter(([one]) => one === index).map(([, data]) => data);
        expect(Buffer.concat(received.get(connection) ?? [])).toEqual(Buffer.concat(sent));
      });
      expect(ended).toEqual(connections);
    }),
  );
});

test('a stream of another protocol is refused', () => {
  const multiplexer = new Multiplexer({ transmit: () => undefined, data: () => undefined, end: () => undefined });
  expect(() => multiplexer.receive(Buffer.from('HTTP/1.1 400 '))).toThrow('another version of the multiplexing protocol');
});
