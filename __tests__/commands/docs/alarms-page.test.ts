/** The page of alarms is generated and current. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alarmsDocument } from '../../../src/commands/docs/alarms-page';

const PAGE = join(__dirname, '../../../docs/alarms.md');

describe('docs/alarms.md', () => {
  it('is what the table says', () => {
    if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, alarmsDocument());
    expect(readFileSync(PAGE, 'utf8')).toBe(alarmsDocument());
  });
});
