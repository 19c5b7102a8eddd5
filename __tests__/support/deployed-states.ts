/** Local states of stacks next to a synthesised output, as Terraform writes them. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface StubState {
  /** Address to attributes. */
  readonly managed?: Readonly<Record<string, object>>;
  readonly data?: Readonly<Record<string, object>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Removes the states of all stacks. @param folder the one that the output is in */
export function removeStates(folder: string): void {
  for (const file of readdirSync(folder)) if (file.endsWith('.tfstate')) rmSync(join(folder, file));
}

/** @param folder the one that the output is in */
export function writeStates(folder: string, states: Readonly<Record<string, StubState>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [stack, { managed = {}, data = {}, outputs = {} }] of Object.entries(states)) {
    const resource =
      (mode: string) =>
      ([address, attributes]: [string, object]): object => {
        const [type, name] = address.split('.');
        return { mode, type, name, instances: [{ attributes }] };
      };
    writeFileSync(
      join(folder, `terraform.${stack}.tfstate`),
      JSON.stringify({
        version: 4,
        resources: [...Object.entries(managed).map(resource('managed')), ...Object.entries(data).map(resource('data'))],
        outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value, type: 'string' }])),
      }),
    );
  }
}
