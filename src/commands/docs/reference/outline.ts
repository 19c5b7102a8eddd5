/** Which page of the reference describes which sections of an environment file. */
import type { EmulatedInput } from '../../../config/schema/emulated';
import type { EnvironmentInput } from '../../../config/schema/environment';

/** A page about sections of the file of an environment on AWS. */
export interface PageOutline {
  /** The file's name, without `.md`. */
  readonly name: string;
  readonly title: string;
  readonly sections: readonly (keyof EnvironmentInput)[];
  /** Other documentation of the same subject, in docs/. */
  readonly guides: readonly string[];
}

export const PAGES: readonly PageOutline[] = [
  {
    name: 'environment',
    title: 'Environment',
    sections: [
      'system',
      'name',
      'region',
      'account',
      'tier',
      'nextTier',
      'protect',
      'sleep',
      'encryption',
      'acknowledge',
      'tags',
      'logs',
      'backups',
    ],
    guides: ['environments', 'rules', 'sleep'],
  },
  { name: 'backend', title: 'Terraform state', sections: ['backend'], guides: ['state', 'bootstrap', 'terraform-cloud'] },
  { name: 'delivery', title: 'Delivery', sections: ['delivery'], guides: ['ci'] },
  { name: 'previews', title: 'Previews', sections: ['preview'], guides: ['previews'] },
  { name: 'network', title: 'Network', sections: ['network'], guides: ['network'] },
  { name: 'domain', title: 'Host names', sections: ['domain'], guides: ['domains'] },
  { name: 'database', title: 'Database', sections: ['database'], guides: ['database'] },
  { name: 'cache', title: 'Cache', sections: ['cache'], guides: ['database'] },
  {
    name: 'storage',
    title: 'Storage, secrets and images',
    sections: ['buckets', 'fileSystems', 'queues', 'secrets', 'images'],
    guides: ['storage', 'secrets', 'images'],
  },
  { name: 'email', title: 'E-mail', sections: ['email'], guides: ['email'] },
  {
    name: 'services',
    title: 'Services, workers, jobs and builders',
    sections: ['services', 'workers', 'jobs', 'builders'],
    guides: ['fargate', 'workloads', 'box'],
  },
  { name: 'box', title: 'Tier box', sections: ['box'], guides: ['box', 'box-host'] },
  { name: 'fargate', title: 'Tier fargate', sections: ['fargate'], guides: ['fargate'] },
  { name: 'kubernetes', title: 'Tier kubernetes', sections: ['kubernetes'], guides: ['kubernetes', 'workloads'] },
  { name: 'edge', title: 'Edge', sections: ['edge'], guides: ['edge', 'waf'] },
  { name: 'frontends', title: 'Frontends', sections: ['frontends'], guides: ['edge'] },
  { name: 'observability', title: 'Observability', sections: ['observability'], guides: ['observability', 'alarms', 'cost'] },
  { name: 'usage', title: 'Usage', sections: ['usage'], guides: ['cost'] },
];

/** The page about environments on an emulator, which have a separate schema. */
export const EMULATED_PAGE = {
  name: 'emulated',
  title: 'Local environments',
  sections: ['system', 'name', 'region', 'target', 'tags', 'buckets', 'secrets', 'database', 'cache'],
  guides: ['local', 'tryout'],
} as const satisfies { readonly sections: readonly (keyof EmulatedInput)[]; readonly [other: string]: unknown };
