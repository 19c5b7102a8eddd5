/** Basic authentication by nginx: which requests need a login, and how nginx gets the logins. Pure text. */
import { patternExpression } from '../../../config/calculations/path-patterns';
import { operatingSystemOf } from './operating-systems';
import { APPLICATION_UNIT, PATHS } from './paths';
import { configurationFile, script } from './text';
import type { HostDescription, HostFile } from './types';

/** Below `PATHS.runtime`, where the host writes its secrets, for root only. */
export const LOGINS_FILE = 'logins';

/** A copy that nginx can read. While it is missing, nginx refuses every request. */
const READABLE = '/run/terrace-nginx/logins';

/**
 * For the context `http`. The path is compared as it was sent. One that an application might read as another one (encoded, with
 * `..`, `//` or a backslash) is never exempt. An application does not see the login.
 */
export function loginMaps({ environment, basicAuth }: HostDescription): string {
  if (basicAuth === undefined) return '';
  const exempt = basicAuth.except.map((pattern) => `        "~^${patternExpression(pattern)}$" off;`);
  return `
    map $request_uri $terrace_path {
        "~^(?<terrace_sent_path>[^?]*)" $terrace_sent_path;
    }

    map $terrace_path $terrace_realm {
        default ${environment};
        "~[%\\x5c]|\\.\\.|//" ${environment};
${exempt.join('\n')}
    }

    map $terrace_realm $terrace_authorization {
        default '';
        off $http_authorization;
    }
`;
}

/** For the context of a site. */
export function siteLogin({ basicAuth }: HostDescription): string {
  return basicAuth === undefined ? '' : `\n    auth_basic $terrace_realm;\n    auth_basic_user_file ${READABLE};\n`;
}

/** What applications get instead of the header. */
export function forwardedAuthorization({ basicAuth }: HostDescription): string {
  return basicAuth === undefined ? '' : 'proxy_set_header Authorization $terrace_authorization;\n';
}

/** Copies new logins each minute: secrets of the host are for root only, and processes of nginx are not root. */
export function loginUnits(host: HostDescription): readonly HostFile[] {
  if (host.basicAuth === undefined) return [];
  const { nginxUser } = operatingSystemOf(host);
  return [
    configurationFile(
      `${PATHS.units}/terrace-logins.service`,
      script(`
[Unit]
Description=Give nginx the logins of basic authentication
After=${APPLICATION_UNIT}
ConditionFileNotEmpty=${PATHS.runtime}/${LOGINS_FILE}

[Service]
Type=oneshot
ExecStart=/usr/bin/install -D -m 0640 -o root -g ${nginxUser} ${PATHS.runtime}/${LOGINS_FILE} ${READABLE}
`),
    ),
    configurationFile(
      `${PATHS.units}/terrace-logins.timer`,
      script(`
[Unit]
Description=Give nginx new logins

[Timer]
OnBootSec=1min
OnUnitInactiveSec=1min

[Install]
WantedBy=timers.target
`),
    ),
  ];
}
