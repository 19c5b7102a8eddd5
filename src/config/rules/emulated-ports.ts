/** The rule about ports of a developer's machine, which the emulator and the containers next to it share. */
import type { ParsedEmulated } from '../schema/emulated';
import { PORTS } from '../tables/ports';
import { sharedNames } from './finding';
import type { Finding } from './rule';

/** Ports that are taken twice. */
export function portProblems({ target, database, cache }: ParsedEmulated): readonly Finding[] {
  const { port, protocol } = new URL(target.endpoint);
  const emulator = port === '' ? { 'http:': PORTS.http, 'https:': PORTS.https }[protocol] : Number(port);
  const ports = [
    { path: 'target.endpoint', port: emulator },
    { path: 'database.port', port: database?.port },
    { path: 'cache.port', port: cache?.port },
  ].flatMap(({ path, port: taken }) => (taken === undefined ? [] : [{ path, port: taken }]));
  return sharedNames(ports, (entry) => entry.port, { thing: 'port', fix: 'choose another port of this machine' });
}
