/**
 * What cloud-init does at the first boot. As little as possible, because a running host never sees it again: settings to find
 * volume and bundle, the two commands that use them, and a timer that tries until it works. All else is in the bundle.
 */
import { PULL_COMMAND, PULL_UNITS } from './pull';
import { bootSettings } from './settings';
import { yamlText } from './text';
import type { HostDescription } from './types';
import { VOLUME_COMMAND } from './volume';

/** A cloud-config document of some 7 KB; EC2 takes 16. */
export function renderUserData(host: HostDescription): string {
  const files = [bootSettings(host), VOLUME_COMMAND, PULL_COMMAND, ...PULL_UNITS];
  const document = {
    package_update: true,
    package_upgrade: true,
    ssh_pwauth: false,
    disable_root: true,
    write_files: files.map(({ path, mode, content }) => ({ path, permissions: mode, content })),
    runcmd: [
      ['systemctl', 'daemon-reload'],
      ['systemctl', 'enable', '--now', 'terrace-pull.timer'],
      ['systemctl', 'start', '--no-block', 'terrace-pull.service'],
    ],
  };
  return `#cloud-config\n${yamlText(document)}`;
}
