/**
 * Proves the steps that the README begins with: in copies of the checkout, with the samples and without them, `npm run new`
 * describes systems of every kind, and then everything passes that CI runs over listed environments. Some minutes.
 */
import { checksInCopy, npmRun } from './checks-in-copy.mjs';

/** A host without a domain; everything that can be answered; a cluster whose state is in Terraform Cloud; nothing but local. */
const SYSTEMS = [
  ['kiosk', '--tier', 'box', '--cache', 'yes'],
  [
    'shop',
    ...['--tier', 'dev=box,staging=fargate,prod=fargate', '--environments', 'dev,staging,prod', '--account', '123456789012'],
    ...['--region', 'eu-west-1', '--domain', 'shop.example', '--services', 'web:3000/,api:8080/health,nginx:8081/=nginx:1.29'],
    ...['--cache', 'yes', '--github', 'acme/infrastructure', '--github-ids', '123456/456789', '--email', 'ops@shop.example'],
  ],
  ['depot', '--tier', 'kubernetes', '--domain', 'depot.example', '--dns', 'cloudflare', '--state', 'cloud'],
  ['trial', '--environments', 'try', '--database', 'none', '--state', 'local', '--region', 'ap-southeast-3'],
];

const CHECKS = [
  ['synthesis', ...npmRun('synth')],
  ['address locks', ...npmRun('lock')],
  ['address locks are current', ...npmRun('lock', '--check')],
  ['pages', ...npmRun('docs')],
  ['own policies', ...npmRun('policy', '--own')],
  ['typecheck', ...npmRun('typecheck')],
  ['lint', 'npx', ['eslint', 'environments']],
  ['format', 'npx', ['prettier', '--check', 'environments', 'docs', '*.md', '*.yaml']],
  // Those that look at the listed environments and at the pages.
  [
    'tests',
    'npx',
    ['jest', '--ci', '--silent', 'environments/', '__tests__/docs', '__tests__/book/diagram', '__tests__/commands/addresses'],
  ],
];

/** The first one removes the samples. */
const described = (withoutSamples) =>
  SYSTEMS.map(([system, ...answers], index) => [
    `new ${system}`,
    ...npmRun('new', system, '--yes', ...answers, ...(withoutSamples && index === 0 ? ['--without-samples'] : [])),
  ]);

const failed = [
  ...checksInCopy('new systems, without samples', [...described(true), ...CHECKS]),
  ...checksInCopy('new systems, next to the samples', [...described(false), ...CHECKS]),
];
process.exitCode = failed.length > 0 ? 1 : 0;
