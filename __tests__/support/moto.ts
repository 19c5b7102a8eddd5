/** The emulator moto, where it is installed: on the PATH, or with the tools of `npm run tryout`. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';

/** One clear line where it is missing. */
export const MOTO = spawnSync('moto_server', ['--help']).status === 0;
if (!MOTO) process.stderr.write('moto_server is not installed: tests with an emulator of AWS are skipped\n');

export class Moto {
  private child?: ChildProcess;

  /** @returns its address */
  public async start(): Promise<string> {
    const port = await freePort();
    this.child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    const address = `http://127.0.0.1:${port}`;
    for (let attempt = 0; attempt < 300; attempt += 1) {
      const answers = await fetch(`${address}/moto-api/`).then(
        () => true,
        () => false,
      );
      if (answers) return address;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error('moto does not answer');
  }

  public async stop(): Promise<void> {
    if (this.child === undefined) return;
    const ended = new Promise((resolve) => this.child?.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
