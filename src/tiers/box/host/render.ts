/** Everything on the host: the little that user data brings, and the bundle with all the rest. */
import { agentConfiguration } from './agent';
import { composeFiles } from './compose';
import { dataStoreFiles } from './data-stores';
import { hardeningFiles } from './hardening';
import { listFiles } from './lists';
import { nginxFiles } from './nginx';
import { BOOT_COMMANDS, scriptFiles } from './scripts';
import { bootSettings, hostSettings } from './settings';
import { yamlText } from './text';
import type { HostDescription, HostFile } from './types';
import { PULL_UNITS, unitFiles } from './units';

/**
 * Every file that the host pulls, sorted by path: the same description gives the same bytes.
 * @throws Error when two files have the same path
 */
export function renderBundle(host: HostDescription): readonly HostFile[] {
  const files = [
    bootSettings(host),
    hostSettings(host),
    ...scriptFiles(host),
    ...listFiles(host),
    ...hardeningFiles(host),
    ...composeFiles(host),
    ...dataStoreFiles(host),
    ...nginxFiles(host),
    agentConfiguration(host),
    ...unitFiles(host),
  ];
  return distinctPaths(files).sort((one, other) => (one.path < other.path ? -1 : 1));
}

function distinctPaths(files: readonly HostFile[]): HostFile[] {
  const paths = new Set<string>();
  for (const { path } of files) {
    if (paths.has(path)) throw new Error(`two parts of the host write ${path}`);
    paths.add(path);
  }
  return [...files];
}

/**
 * What cloud-init does at the first boot: a cloud-config document of some 8 KB, of which EC2 accepts 16. It holds as little
 * as possible, because a running host never reads it again: the settings to find volume and bundle, the two commands that
 * use them, and a timer that runs these until they succeed.
 */
export function renderUserData(host: HostDescription): string {
  const files = [bootSettings(host), ...BOOT_COMMANDS.map(withoutComments), ...PULL_UNITS];
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

/** User data is limited to 16 KB. The bundle has the same scripts with their comments. */
function withoutComments({ content, ...file }: HostFile): HostFile {
  return { ...file, content: content.replace(/^\s*#(?!!).*\n/gm, '') };
}
