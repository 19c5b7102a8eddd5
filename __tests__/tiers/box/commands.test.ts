/** Commands for people, as the outputs hold them. */
import { hostLine, runCommand } from '../../../src/tiers/box/commands';

describe('commands', () => {
  const host = { region: 'eu-west-1', instanceId: 'i-1' };

  test('print status and output, and hold no dollar brace of the shell', () => {
    const command = runCommand(host, hostLine.job('sync'));
    expect(command).toContain('--instance-ids i-1');
    expect(command).toContain('/usr/local/sbin/terrace-job sync');
    expect(command).toContain('get-command-invocation');
    for (const line of [
      command,
      ...[hostLine.apply, hostLine.backup, hostLine.restore, hostLine.drill].map((line) => runCommand(host, line)),
    ])
      expect(line).not.toContain('${');
  });

  test('are full paths, because Run Command has a short search path', () => {
    expect([hostLine.apply, hostLine.backup, hostLine.restore, hostLine.drill].every((line) => line.startsWith('/usr/'))).toBe(
      true,
    );
  });
});
