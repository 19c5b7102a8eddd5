/** The step that finds the environments with previews, for the matrix of the workflow `preview`. */
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import type { ResolvedEnvironment } from '../../config';
import { deployed } from './change-steps';
import type { ChangedEnvironment } from './changes-file';
import { accessOf, matrixOf } from './matrix';
import { setOutputs, summarise } from './outputs';

/**
 * Sets the outputs `matrix` and `any`. Environments that the workflow has no apply role for are in the summary.
 * @param name of the only environment that is wanted
 * @throws CommandError when that has no previews
 */
export async function previews(context: CommandContext, name: string | undefined): Promise<number> {
  const { environments } = await deployed(context);
  const found = environments.filter(
    ({ identity, preview }) => preview !== undefined && (name === undefined || identity.environment === name),
  );
  if (name !== undefined && found.length === 0)
    throw new CommandError(`${name} is no environment with previews: its description has no \`preview\` section`);
  const { include, skipped } = matrixOf({ environments: found.map(asChanged) }, 'apply', accessOf(context.io.env));
  setOutputs({ matrix: JSON.stringify({ include }), any: String(include.length > 0) }, context.io);
  if (skipped.length > 0) summarise(skipped.map((line) => `- no preview: ${line}`).join('\n'), context.io);
  return 0;
}

/** Its own stacks do not matter here. */
function asChanged({ identity, protect, backend, delivery }: ResolvedEnvironment): ChangedEnvironment {
  return {
    environment: identity.environment,
    region: identity.region,
    protect,
    store: backend.kind === 's3' ? backend.store.name : undefined,
    delivery: structuredClone(delivery) as ChangedEnvironment['delivery'],
    stacks: [],
  };
}
