/** Credentials that no one has, for clients of stubs and emulators. */

export const TEST_CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/**
 * Sets them in this process.
 * @param endpoint that clients without an address of their own ask
 * @returns puts back what was there
 */
export function withTestCredentials(endpoint?: string): () => void {
  const stubbed: Readonly<Record<string, string>> = {
    ...TEST_CREDENTIALS,
    ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint }),
  };
  const earlier = Object.keys(stubbed).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, stubbed);
  return () => {
    for (const [name, value] of earlier) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
}

/** Starts a stub before the tests of a file, which ask it with these credentials, and stops it after them. */
export function askInAllTests(stub: { start(): Promise<string>; stop(): void | Promise<void> }): void {
  let restore: () => void;
  beforeAll(async () => (restore = withTestCredentials(await stub.start())));
  afterAll(async () => {
    restore();
    await stub.stop();
  });
}
