/** The configuration object and user data as Terraform strings. */
import { configurationJson, userDataText } from '../../../src/tiers/box/configuration';
import type { HostFile } from '../../../src/tiers/box/host/types';
import { MarkedReferences } from '../../../src/terraform/marked-references';

const reference = '${data.terraform_remote_state.data.outputs.x}';

describe('what a host is given', () => {
  test('its configuration is JSON in which only marks are replaced', () => {
    const references = new MarkedReferences();
    const files: HostFile[] = [
      { path: '/a', mode: '0755', content: `#!/bin/sh\necho "\${HOME:-x}" '%{x}' ${references.mark(reference)}\n` },
    ];
    const text = configurationJson(files, references);
    expect(JSON.parse(text)).toEqual({
      files: [{ path: '/a', mode: '0755', content: `#!/bin/sh\necho "\${HOME:-x}" '%{x}' ${reference}\n` }],
    });
  });

  test('user data is refused when it is too long for EC2', () => {
    const references = new MarkedReferences();
    expect(userDataText('#cloud-config\n', references)).toBe('#cloud-config\n');
    expect(() => userDataText('x'.repeat(16_000), references)).toThrow(/16000 bytes.*16384/);
  });
});
