/** Icons of 24 by 24 units, drawn for this diagram: lines only, in the colour of their tile. */
import type { NodeKind } from './types';

/** Groups of kinds that share a colour. */
export type Hue = 'outside' | 'edge' | 'network' | 'compute' | 'data' | 'storage' | 'messaging' | 'support';

interface Appearance {
  readonly hue: Hue;
  readonly icon: string;
  /** What a screen reader says before the title. */
  readonly name: string;
}

const GLOBE =
  '<circle cx="12" cy="12" r="8.5"/><ellipse cx="12" cy="12" rx="3.7" ry="8.5"/><path d="M3.5 12h17M5 7.3h14M5 16.7h14"/>';
const CYLINDER =
  '<ellipse cx="12" cy="6" rx="7.5" ry="2.8"/><path d="M4.5 6v12c0 1.5 3.4 2.8 7.5 2.800s7.5-1.3 7.5-2.800V6M4.5 12c0 1.5 3.4 2.8 7.5 2.800s7.5-1.3 7.5-2.8"/>';
const SHIELD = '<path d="M12 3l7.5 2.800v5.700c0 4.7-3.2 8.1-7.5 9.7-4.3-1.6-7.5-5-7.5-9.700V5.800z"/>';
const CONTAINER = '<path d="M12 3.200l8 4.300v9l-8 4.3-8-4.300v-9z"/><path d="M4 7.500l8 4.3 8-4.300M12 11.800v9"/>';
const GEAR =
  '<circle cx="12" cy="12" r="5.6"/><circle cx="12" cy="12" r="1.9"/><path d="M12 3v3.400M12 17.600V21M3 12h3.400M17.6 12H21M5.6 5.600l2.4 2.400M16 16l2.4 2.400M18.4 5.600L16 8M8 16l-2.4 2.4"/>';
const SERVER =
  '<rect x="4" y="4" width="16" height="7" rx="1.5"/><rect x="4" y="13" width="16" height="7" rx="1.5"/><path d="M7.5 7.500h.1M7.5 16.500h.1M11 7.500h6M11 16.500h6"/>';

export const APPEARANCES: Readonly<Record<NodeKind, Appearance>> = {
  internet: { hue: 'outside', icon: GLOBE, name: 'Internet' },
  'admitted-networks': {
    hue: 'outside',
    icon: '<circle cx="9" cy="8" r="3.6"/><path d="M2.8 20c0-4 2.7-6.6 6.2-6.600s6.2 2.6 6.2 6.600M15.5 5a3.3 3.3 0 010 6.400M17.5 13.900c2.3.8 3.7 3 3.7 6.1"/>',
    name: 'Networks',
  },
  names: { hue: 'network', icon: '<path d="M12 3v18M5 5h11l3 2.5-3 2.500H5zM19 13H8l-3 2.500L8 18h11z"/>', name: 'DNS' },
  'proxy-network': {
    hue: 'edge',
    icon: '<path d="M7 18.500a4.5 4.5 0 01-.4-9 6 6 0 0111.6 1.300A3.9 3.9 0 0117.6 18.500z"/><path d="M9 14h6M12.8 11.800L15 14l-2.2 2.2"/>',
    name: 'Proxy network',
  },
  distribution: {
    hue: 'edge',
    icon: '<circle cx="12" cy="12" r="3"/><circle cx="5" cy="5.5" r="1.9"/><circle cx="19" cy="5.5" r="1.9"/><circle cx="5" cy="18.5" r="1.9"/><circle cx="19" cy="18.5" r="1.9"/><path d="M9.9 9.900L6.4 6.800M14.1 9.900l3.5-3.100M9.9 14.100l-3.5 3.100M14.1 14.100l3.5 3.1"/>',
    name: 'Content delivery',
  },
  'web-acl': { hue: 'edge', icon: `${SHIELD}<path d="M8.5 12l2.5 2.5 4.5-5"/>`, name: 'Web ACL' },
  frontend: {
    hue: 'edge',
    icon: '<rect x="3.5" y="4.5" width="17" height="15" rx="1.8"/><path d="M3.5 9h17M6.5 6.800h.1M9 6.800h.1M8 13l-2 1.8 2 1.800M16 13l2 1.8-2 1.800M13 12.500l-2 5"/>',
    name: 'Frontend',
  },
  'health-check': { hue: 'support', icon: '<path d="M3 12.500h4l2.2-6 4 11.5 2.4-5.500H21"/>', name: 'Health check' },
  'load-balancer': {
    hue: 'network',
    icon: '<circle cx="5.5" cy="12" r="2.6"/><circle cx="18.5" cy="5" r="2.2"/><circle cx="18.5" cy="12" r="2.2"/><circle cx="18.5" cy="19" r="2.2"/><path d="M8.1 12h8.200M7.7 10.700l8.8-4.700M7.7 13.300l8.8 4.7"/>',
    name: 'Load balancer',
  },
  nat: {
    hue: 'network',
    icon: '<path d="M12 3.500H5a1.5 1.5 0 00-1.5 1.500v14A1.5 1.5 0 005 20.500h7M9 12h11.500M16.5 8l4 4-4 4"/>',
    name: 'NAT',
  },
  'reverse-proxy': {
    hue: 'network',
    icon: '<rect x="9" y="3.5" width="6" height="17" rx="1.5"/><path d="M2.5 12H9M15 8h6.500M15 16h6.500M19.3 5.800L21.5 8l-2.2 2.200M19.3 13.800l2.2 2.2-2.2 2.2"/>',
    name: 'Reverse proxy',
  },
  service: { hue: 'compute', icon: CONTAINER, name: 'Service' },
  worker: { hue: 'compute', icon: GEAR, name: 'Worker' },
  job: { hue: 'compute', icon: '<circle cx="12" cy="12" r="8.5"/><path d="M12 6.800V12l3.6 2.3"/>', name: 'Job' },
  function: { hue: 'compute', icon: '<path d="M13.5 3L5.5 13.500h6L10 21l8.5-11h-6.200z"/>', name: 'Function' },
  'node-group': { hue: 'compute', icon: SERVER, name: 'Nodes' },
  'add-ons': {
    hue: 'support',
    icon: '<rect x="4" y="4" width="7" height="7" rx="1.2"/><rect x="13" y="4" width="7" height="7" rx="1.2"/><rect x="4" y="13" width="7" height="7" rx="1.2"/><path d="M16.5 13v7M13 16.500h7"/>',
    name: 'Add-ons',
  },
  database: { hue: 'data', icon: CYLINDER, name: 'Database' },
  cache: {
    hue: 'data',
    icon: '<path d="M12 3.500l8.5 3.700L12 10.9 3.5 7.200z"/><path d="M3.5 12l8.5 3.7 8.5-3.700M3.5 16.600l8.5 3.7 8.5-3.7"/>',
    name: 'Cache',
  },
  'file-system': {
    hue: 'storage',
    icon: '<path d="M3.5 6.500A1.5 1.5 0 015 5h4.500l2 2.500H19A1.5 1.5 0 0120.5 9v9A1.5 1.5 0 0119 19.500H5A1.5 1.5 0 013.5 18z"/><path d="M3.5 11h17"/>',
    name: 'File system',
  },
  volume: {
    hue: 'storage',
    icon: '<rect x="3.5" y="6" width="17" height="12" rx="2"/><path d="M3.5 13.500h17M7 15.800h.1M10 15.800h.1"/>',
    name: 'Volume',
  },
  bucket: {
    hue: 'storage',
    icon: '<ellipse cx="12" cy="6" rx="8" ry="2.5"/><path d="M4 6l2.2 13c.2 1 2.8 1.8 5.8 1.800s5.6-.8 5.8-1.800L20 6"/>',
    name: 'Bucket',
  },
  queue: {
    hue: 'messaging',
    icon: '<rect x="7" y="7.5" width="3" height="9"/><rect x="12" y="7.5" width="3" height="9"/><path d="M2.5 12H7M15 12h6.500M19.5 10l2 2-2 2"/>',
    name: 'Queue',
  },
  builder: {
    hue: 'compute',
    icon: '<path d="M14.5 4.500a4.6 4.6 0 00-5.8 6L3.5 15.700v4.800h4.800l5.2-5.200a4.6 4.6 0 006-5.800l-3 3-3.3-.7-.7-3.300z"/>',
    name: 'Builder',
  },
  endpoint: {
    hue: 'network',
    icon: '<circle cx="12" cy="12" r="8.5"/><circle cx="12" cy="12" r="3"/><path d="M12 3.500V9M12 15v5.5"/>',
    name: 'Endpoints',
  },
  topic: { hue: 'messaging', icon: '<path d="M6 16.500V11a6 6 0 0112 0v5.500l1.5 1.500h-15zM10 20.500h4"/>', name: 'Topic' },
  images: { hue: 'support', icon: CONTAINER, name: 'Images' },
  secrets: {
    hue: 'support',
    icon: '<rect x="5" y="10.5" width="14" height="10" rx="1.8"/><path d="M8 10.500V7.500a4 4 0 018 0v3M12 14.500v2.5"/>',
    name: 'Secrets',
  },
  keys: {
    hue: 'support',
    icon: '<circle cx="8" cy="14.5" r="4.5"/><path d="M11.3 11.300L19.5 3.500M16 6.800l3 3M13.5 9.200l2 2"/>',
    name: 'Keys',
  },
  logs: {
    hue: 'support',
    icon: '<path d="M6 3.500h8.500L18.5 7.500V20.500H6zM14 3.500V8h4.500M9 12h6.500M9 16h6.5"/>',
    name: 'Logs',
  },
  backup: {
    hue: 'support',
    icon: '<path d="M4.5 8.500A8.5 8.5 0 1112 20.500a8.5 8.5 0 01-8-5.500M4 4v5h5M12 8v4.500l3 1.8"/>',
    name: 'Backups',
  },
};
