/** References of Terraform inside text that contains `${...}` itself. */
import { MarkedReferences } from '../../src/terraform/marked-references';

const reference = '${data.terraform_remote_state.data.outputs.x["odd name"]}';

describe('references among a script’s own', () => {
  test('pass through as marks, and everything else stays as it is', () => {
    const references = new MarkedReferences();
    const script = `echo "\${HOME}" %{http_code} ${references.mark(reference)}`;
    expect(references.reveal(script)).toBe(`echo "\${HOME}" %{http_code} ${reference}`);
  });

  test('survive JSON with their quotes, and more than ten of them', () => {
    const references = new MarkedReferences();
    const marks = Array.from({ length: 12 }, (_, index) => references.mark(`\${module.m${index}}`));
    const quoted = references.mark(reference);
    const text = references.reveal(JSON.stringify({ marks, quoted }));
    expect(text).toContain('["${module.m0}","${module.m1}"');
    expect(text).toContain('"${module.m11}"]');
    expect(text).toContain(`"quoted":"${reference}"`);
  });

  test('are only what holds a reference, and equal ones share a mark', () => {
    const references = new MarkedReferences();
    expect(references.mark('postgres')).toBe('postgres');
    expect(references.mark(reference)).toBe(references.mark(reference));
    expect(references.mark(reference)).toMatch(/^[A-Za-z0-9]+$/);
  });
});
