/** The rules about what the host itself uses: directories, and the networks of Docker. */
import { overlap, parseCidr } from '../../../calculations/cidr';
import { finding, findingIf } from '../../../rules/finding';
import { hasTier } from '../../../rules/located';
import { defineRule, type Rule } from '../../../rules/rule';

/** Directories that the operating system, Docker or Terrace use, with everything below them. Source: hier(7), and `/data`. */
const RESERVED = /^\/(?:bin|boot|data|dev|etc|lib\d*|proc|root|run|sbin|sys|tmp|usr|var\/(?:lib|log|run|tmp))(?:\/|$)/;

/** Directories that hold those of others. */
const SHARED = /^\/(?:home|mnt|opt|srv|var)?$/;

const applicationDirectory = defineRule({
  id: 'box-directory',
  severity: 'refusal',
  summary: 'The directory of the application is one of its own, outside of what the operating system and the data volume use.',
  reads: ['box'],
  check: ({ box }) => {
    const directory = box?.applicationDirectory.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
    return findingIf(
      directory !== undefined && (RESERVED.test(directory) || SHARED.test(directory)),
      'box.applicationDirectory',
      box?.applicationDirectory,
      'a directory below /opt, /srv or /home',
      'for example "/opt/shop": the host sets the owner and the mode of the directory',
    );
  },
});

/** The bridge of Docker, and the first network of Compose. Source: Docker documentation, "Automatic subnet allocation". */
const DOCKER_NETWORKS = ['172.17.0.0/16', '172.18.0.0/16'];

const dockerNetworks = defineRule({
  id: 'box-docker-networks',
  severity: 'warning',
  summary: 'The VPC has none of the addresses that Docker gives to its networks on the host.',
  reads: ['tier', 'nextTier', 'network'],
  check: ({ tier, nextTier, network: { cidr } }) => {
    const vpc = parseCidr(cidr);
    if (vpc === undefined || !hasTier({ tier, nextTier }, 'box')) return [];
    const met = DOCKER_NETWORKS.filter((text) => {
      const docker = parseCidr(text);
      return docker !== undefined && overlap(vpc, docker);
    });
    return met.length === 0
      ? []
      : [
          finding(
            'network.cidr',
            cidr,
            `Docker uses ${met.join(' and ')} on the host: containers cannot reach parts of the VPC`,
            'choose for example "10.0.0.0/16"',
          ),
        ];
  },
});

export const RESERVED_RULES: readonly Rule[] = [applicationDirectory, dockerNetworks];
