/** Secrets in places that neither Terraform nor a name marks directly. */
import { canonical, redact } from '../../../src/checks/plan-changes/redacted';
import { valueText } from '../../../src/checks/plan-changes/value-text';

const SECRET = 'hunter2Zq9';
const shown = (type: string, value: object): string => {
  const redacted = redact(value, { type, sensitive: [] });
  return `${valueText(redacted)} ${canonical(redacted)}`;
};
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test.each([
  ['a password with an @ in a URL', 'aws_x', { url: `postgres://u:a@b${SECRET}@h/d` }],
  ['a password with a slash in a URL', 'aws_x', { url: `postgres://u:a/${SECRET}@h/d` }],
  ['a token instead of a user', 'aws_x', { url: `https://${SECRET}@github.com/x` }],
  ['a header as name and value', 'aws_x', { header: [{ name: 'Authorization', value: `Bearer ${SECRET}` }] }],
  ['a header as header_name and header_value', 'aws_x', { header: [{ header_name: 'X-Api-Key', header_value: SECRET }] }],
  [
    'a header that a listener checks',
    'aws_lb_listener_rule',
    { http_header: [{ http_header_name: 'X-Secret', values: [SECRET] }] },
  ],
  ['a variable with a type', 'cloudflare_pages_project', { env_vars: { API_TOKEN: { type: 'plain_text', value: SECRET } } }],
  ['a manifest of a Secret', 'kubernetes_manifest', { manifest: { kind: 'Secret', data: { a: SECRET } } }],
  ['an option in a list', 'aws_x', { command: ['run', '--db-password', SECRET] }],
  ['an option of curl', 'aws_x', { command: `curl -u admin:${SECRET} https://x` }],
  ['an assignment inside of a line', 'aws_x', { command: `sh -c 'PGPASSWORD=${SECRET} psql'` }],
  ['a second command of a line', 'aws_x', { command: `set -e; export API_TOKEN=${SECRET}; run` }],
  ['JSON that cannot be read', 'aws_x', { a: `{"password": "${SECRET}", ` }],
  ['XML', 'aws_x', { a: `<password>${SECRET}</password>` }],
  ['SQL', 'aws_x', { a: `CREATE ROLE x PASSWORD '${SECRET}'` }],
  ['a parameter in plain text', 'aws_ssm_parameter', { insecure_value: SECRET }],
  ['a program for the boot in base64', 'aws_launch_template', { user_data: base64(`#!/bin/sh\nexport DB_PASSWORD=${SECRET}\n`) }],
  ['a webhook', 'aws_x', { a: `https://discord.com/api/webhooks/123456/${SECRET}` }],
  ['a token of a bot', 'aws_x', { a: `https://api.telegram.org/bot123456789:AAF${SECRET}${SECRET}${SECRET}/send` }],
  ['a token of Vault', 'aws_x', { a: `hvs.${SECRET}${SECRET}` }],
])('masked: %s', (_, type, value) => {
  const text = shown(type, value);
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain(base64(`export DB_PASSWORD=${SECRET}`).slice(4, 20));
});

test.each([
  ['a URL without a user', { url: 'https://example.com/a?b=c' }],
  ['a path with an @', { url: 'https://example.com/@scope/package' }],
  ['an option with a reference', { command: ['run', '--token', '${aws_ssm_parameter.x.arn}'] }],
  ['a header without a secret', { header: [{ header_name: 'X-Frame-Options', header_value: 'DENY' }] }],
  ['a variable of the shell', { command: 'PGPASSWORD="$PASSWORD" psql' }],
])('shown: %s', (_, value) => expect(shown('aws_x', value)).not.toContain('(masked)'));
