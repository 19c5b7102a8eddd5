/** Rules about access: who reaches the host, who signs its certificates, and how it logs in to registries. */
import { parseCidr } from '../../../calculations/cidr';
import { isCloudflareZone, recordZone, zoneOf } from '../../../calculations/record-zone';
import { suggest } from '../../../problems/nearest';
import { eachOnce, finding, findingIf, listed, valueFinding } from '../../../rules/finding';
import { hasTier } from '../../../rules/located';
import { defineRule, type Rule } from '../../../rules/rule';
import { CERTIFICATE_AUTHORITIES } from '../../../tables/certificate-authorities';

/** No organisation has a network with a shorter prefix. */
const SHORTEST_SSH_PREFIX = 8;

const sshWorld = defineRule({
  id: 'ssh-world',
  severity: 'risk',
  summary: 'Port 22 is open to known networks only. Session Manager needs no open port.',
  reads: ['box'],
  check: ({ box }) =>
    (box?.sshCidrs ?? []).flatMap((text, index) =>
      (parseCidr(text)?.prefix ?? 0) >= SHORTEST_SSH_PREFIX
        ? []
        : [
            valueFinding(
              `box.sshCidrs[${index}]`,
              text,
              'the network of an office or a person, such as "203.0.113.7/32"',
              'remove it and use Session Manager (`aws ssm start-session`), or enter your own address',
            ),
          ],
    ),
});

const sshOnce = defineRule({
  id: 'box-ssh-once',
  severity: 'refusal',
  summary: 'Each network of `box.sshCidrs` is listed once.',
  reads: ['box'],
  check: ({ box }) => eachOnce('box.sshCidrs', box?.sshCidrs ?? [], 'network'),
});

const registry = defineRule({
  id: 'box-registry',
  severity: 'refusal',
  summary: 'A registry with a login refers to a declared secret with the keys username and password.',
  reads: ['box', 'secrets'],
  check: ({ box, secrets }) =>
    (box?.registries ?? []).flatMap(({ secret }, index) => {
      const path = `box.registries[${index}].secret`;
      const found = Object.hasOwn(secrets, secret) ? secrets[secret] : undefined;
      const names = Object.keys(secrets);
      if (found === undefined) {
        return [finding(path, secret, listed(names), suggest(secret, names, 'declare it under `secrets`'))];
      }
      const complete = ['username', 'password'].every((key) => found.keys?.includes(key) === true);
      return findingIf(
        !complete,
        path,
        secret,
        'a secret with the keys username and password',
        `set secrets.${secret}.keys to ['username', 'password']`,
      );
    }),
});

const origin = defineRule({
  id: 'box-origin',
  severity: 'refusal',
  summary: 'A host that admits only Cloudflare has its names in a zone at Cloudflare.',
  reads: ['box', 'domain'],
  check: ({ box, domain }) =>
    findingIf(
      box?.origin === 'cloudflare' && (domain === undefined || !isCloudflareZone(recordZone(zoneOf(domain)))),
      'box.origin',
      box?.origin,
      '"public", unless the names are in a zone at Cloudflare',
      'set it to "public", or domain.provider to "cloudflare"',
    ),
});

const certificateAuthority = defineRule({
  id: 'box-certificate-authority',
  severity: 'refusal',
  summary: "The zone's CAA records admit Let's Encrypt, which signs the certificates of a single host.",
  reads: ['tier', 'nextTier', 'box', 'domain'],
  check: ({ tier, nextTier, box, domain }) => {
    const single = hasTier({ tier, nextTier }, 'box') && box?.instances.max === 1;
    const [path, admitted] =
      domain?.kind === 'shared'
        ? ['domain.zone.certificateAuthorities', domain.zone.certificateAuthorities]
        : ['domain.certificateAuthorities', domain?.certificateAuthorities ?? []];
    return findingIf(
      single && admitted.length > 0 && !admitted.includes(CERTIFICATE_AUTHORITIES.letsEncrypt),
      path,
      admitted,
      `a list with "${CERTIFICATE_AUTHORITIES.letsEncrypt}" while a single host serves`,
      `set it to ['${CERTIFICATE_AUTHORITIES.amazon}', '${CERTIFICATE_AUTHORITIES.letsEncrypt}']`,
    );
  },
});

export const ACCESS_RULES: readonly Rule[] = [sshWorld, sshOnce, registry, origin, certificateAuthority];
