/** Colours of the drawing, light and dark. Every rule is scoped to the drawing, because a style inside of a page concerns it all. */
import type { Hue } from './icons';
import { FONTS } from './measure';
import type { EdgeKind, GroupKind } from './types';

type Colours = Readonly<Record<string, string>>;

const LIGHT: Colours = {
  canvas: '#ffffff',
  card: '#ffffff',
  border: '#c6cfda',
  text: '#16202c',
  quiet: '#506071',
  outside: '#44546a',
  edge: '#a4188c',
  network: '#6a38c9',
  compute: '#b8560b',
  data: '#1f5fbf',
  storage: '#3f7a12',
  messaging: '#b4235a',
  support: '#5d6b7a',
  traffic: '#334155',
  access: '#3f7a12',
  outbound: '#66758a',
  copy: '#1f5fbf',
  region: '#f4f7fb',
  vpc: '#eef4ff',
  zones: '#ffffff',
  subnets: '#f0f7ef',
  host: '#fff7ee',
  cluster: '#fff7ee',
  global: '#faf2fb',
};

const DARK: Colours = {
  canvas: '#10161e',
  card: '#1c2530',
  border: '#46566a',
  text: '#e8eef5',
  quiet: '#a9b7c6',
  outside: '#a9bbd1',
  edge: '#ec8ad9',
  network: '#b69aff',
  compute: '#f2a65a',
  data: '#82b4ff',
  storage: '#9ccc65',
  messaging: '#ff8fb3',
  support: '#a9b7c6',
  traffic: '#cbd5e1',
  access: '#9ccc65',
  outbound: '#7d8ea2',
  copy: '#82b4ff',
  region: '#151d27',
  vpc: '#182436',
  zones: '#131c28',
  subnets: '#17261d',
  host: '#2a2117',
  cluster: '#2a2117',
  global: '#241829',
};

/** Dash patterns, so that kinds of arrows differ without colour too. */
export const DASHES: Readonly<Record<EdgeKind, string>> = {
  traffic: 'none',
  access: '6 4',
  outbound: 'none',
  copy: '10 4 2 4',
};

const GROUP_BORDERS: Readonly<Record<GroupKind, string>> = {
  region: 'network',
  vpc: 'data',
  zones: 'outbound',
  subnets: 'storage',
  host: 'compute',
  cluster: 'compute',
  global: 'edge',
};

const HUES: readonly Hue[] = ['outside', 'edge', 'network', 'compute', 'data', 'storage', 'messaging', 'support'];

const variables = (colours: Colours): string =>
  Object.entries(colours)
    .map(([name, colour]) => `--d-${name}:${colour}`)
    .join(';');

const font = ({ size, bold = false }: { readonly size: number; readonly bold?: boolean }): string =>
  `font-size:${size}px;font-weight:${bold ? 600 : 400}`;

/** The content of the drawing's style element. */
export function styleSheet(): string {
  const scope = '.terrace-diagram';
  return [
    `${scope}{${variables(LIGHT)};font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif}`,
    `@media (prefers-color-scheme:dark){${scope}{${variables(DARK)}}}`,
    `[data-theme=light] ${scope}{${variables(LIGHT)}}`,
    `[data-theme=dark] ${scope}{${variables(DARK)}}`,
    // Repeated to be more specific than the themes above.
    `@media print{${scope.repeat(3)}{${variables(LIGHT)}}}`,
    `${scope} .canvas{fill:var(--d-canvas)}`,
    `${scope} text{fill:var(--d-text)}`,
    `${scope} .quiet{fill:var(--d-quiet)}`,
    `${scope} .heading{${font(FONTS.heading)}}`,
    `${scope} .group-title{${font(FONTS.groupTitle)}}`,
    `${scope} .group-subtitle{${font(FONTS.groupSubtitle)}}`,
    `${scope} .title{${font(FONTS.title)}}`,
    `${scope} .line{${font(FONTS.line)}}`,
    `${scope} .label{${font(FONTS.label)};text-anchor:middle}`,
    `${scope} .label-back{fill:var(--d-canvas);fill-opacity:.92}`,
    `${scope} .card{fill:var(--d-card);stroke:var(--d-border)}`,
    `${scope} .frame{stroke-width:1.2}`,
    `${scope} .tile{fill-opacity:.13}`,
    `${scope} .icon{fill:none;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}`,
    `${scope} .node{cursor:pointer;outline:none}`,
    `${scope} .node:hover .card,${scope} .node:focus .card{stroke:var(--d-data);stroke-width:2.5}`,
    `${scope} .line-path{fill:none;stroke-width:1.6}`,
    ...Object.entries(GROUP_BORDERS).map(
      ([kind, colour]) =>
        `${scope} .frame-${kind}{fill:var(--d-${kind});stroke:var(--d-${colour})${kind === 'zones' ? ';stroke-dasharray:6 4' : ''}}`,
    ),
    ...HUES.map((hue) => `${scope} .hue-${hue} .tile{fill:var(--d-${hue})}${scope} .hue-${hue} .icon{stroke:var(--d-${hue})}`),
    ...Object.entries(DASHES).map(
      ([kind, dashes]) =>
        `${scope} .edge-${kind} .line-path{stroke:var(--d-${kind});stroke-dasharray:${dashes}}${scope} .edge-${kind} .tip{fill:var(--d-${kind})}${scope} .edge-${kind} .label{fill:var(--d-${kind})}`,
    ),
  ].join('\n');
}
