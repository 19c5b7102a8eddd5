/** Why an environment is not destroyed: found before anything is. */
import { previewStates } from '../previews';
import { isSharedStack, zoneStackName } from '../../config/names';
import { kindOf } from '../../contracts/stack-kinds';
import type { Scope } from '../stacks/scope';
import { stateObjects, type StateObjects, type StateObject } from '../stacks/state-objects';
import { statesAround } from './readers';

export interface Obstacle {
  readonly what: string;
  readonly fix: string;
}

/** States of the stacks of a scope. */
export type States = ReadonlyMap<string, StateObjects>;

export async function obstaclesTo(scope: Scope, states: States): Promise<readonly Obstacle[]> {
  const { environment } = scope;
  if (environment === undefined) return [...(await usersOfZone(scope)), ...protectedObjects(states)];
  if (environment.protect) return [PROTECTED];
  return [
    ...servedNames(scope),
    ...(await previewsOf(scope)),
    ...(await otherStates(scope)),
    ...readByKept(scope, states),
    ...protectedObjects(states),
  ];
}

const PROTECTED: Obstacle = {
  what: 'it has protect: true',
  fix: 'copy out what you need, set protect: false and deploy that first (docs/deploy.md#destroying-an-environment)',
};

/** While names of a shared zone lead to it, visitors would find nothing. */
function servedNames({ zones, name, environment }: Scope): readonly Obstacle[] {
  return zones.flatMap(({ description: { zone, servedBy }, environments }) => {
    const serving = typeof servedBy === 'string' ? [servedBy] : Object.values(servedBy);
    if (environment?.domain?.zone !== zone || !serving.includes(name)) return [];
    const others = environments.map(({ identity }) => identity.environment).filter((other) => other !== name);
    return [
      {
        what: `the names of the zone ${zone} lead to it`,
        fix: `set servedBy to ${others.join(' or ') || 'another environment'} and run: npm run deploy -- ${zoneStackName(zone)}-names`,
      },
    ];
  });
}

async function previewsOf({ environment, aws, terraform, name }: Scope): Promise<readonly Obstacle[]> {
  if (environment === undefined) return [];
  const previews = await previewStates(environment, { aws, output: terraform.output });
  return previews.map(({ number }) => ({
    what: `its preview pr-${number} exists`,
    fix: `npm run preview -- ${name} --pr ${number} --destroy --yes`,
  }));
}

async function otherStates({ environment, aws, terraform, stacks, name }: Scope): Promise<readonly Obstacle[]> {
  if (environment === undefined) return [];
  const { leftovers, readers } = await statesAround(environment, { aws, output: terraform.output, stacks });
  return [
    ...leftovers
      // Previews are told by their numbers.
      .filter((other) => !/[/-]pr-\d+(\/terraform)?\.tfstate$/.test(other.name))
      .map((other) => ({
        what: `the state ${other.name} of ${name} has ${other.state.managed.length} resources and no stack`,
        fix: 'destroy it first, in a checkout that still describes it',
      })),
    ...readers.map((other) => ({
      what: `the state ${other.name} was applied with outputs of ${name}`,
      fix: 'deploy what it belongs to so that it no longer reads them, or destroy it first',
    })),
  ];
}

/** A stack that stays reads what goes. The tier that is given up goes first, and what reads it is deployed without it afterwards. */
function readByKept({ stacks, selected, reads, environment }: Scope, states: States): readonly Obstacle[] {
  const { nextTier, identity } = environment ?? {};
  const givenUp = nextTier && identity && `${identity.environment}-compute-${nextTier.kind}`;
  return stacks
    .filter((stack) => !selected.includes(stack) && (states.get(stack)?.managed.length ?? 0) > 0)
    .flatMap((stack) => {
      const gone = (reads.get(stack) ?? []).filter((read) => selected.includes(read) && read !== givenUp);
      return gone.length === 0 ? [] : [{ what: `${stack} is deployed and reads ${gone.join(', ')}`, fix: `name ${stack} too` }];
    });
}

/** Attributes with which AWS refuses a deletion. They are in the state until a deployment turned them off. */
const DELETION_PROTECTION = ['deletion_protection', 'enable_deletion_protection', 'deletion_protection_enabled'];

function protectedObjects(states: States): readonly Obstacle[] {
  const found = [...states].flatMap(([stack, { managed }]) =>
    managed.filter(isProtectedObject).map((object) => ({ stack, object })),
  );
  return found.map(({ stack, object }) => ({
    what: `${object.address} of ${stack} is protected against deletion`,
    fix: 'deploy with protect: false first, which turns it off (docs/deploy.md#destroying-an-environment)',
  }));
}

const isProtectedObject = ({ attributes }: StateObject): boolean => DELETION_PROTECTION.some((name) => attributes[name] === true);

/** The environments of a shared zone that are deployed. */
async function usersOfZone({ name, reads, aws, terraform }: Scope): Promise<readonly Obstacle[]> {
  const obstacles: Obstacle[] = [];
  for (const [stack, produced] of reads) {
    if (!produced.includes(name)) continue;
    const { managed } = await stateObjects(stack, { ...terraform, aws });
    if (managed.length > 0)
      obstacles.push({ what: `${stack} is deployed and reads it`, fix: `npm run destroy -- ${ownerOf(stack)}` });
  }
  return obstacles;
}

/** The environment of a stack; a stack that belongs to none itself. */
function ownerOf(stack: string): string {
  const kind = kindOf(stack);
  return kind === undefined || isSharedStack(stack) ? stack : stack.slice(0, -kind.length - 1);
}
