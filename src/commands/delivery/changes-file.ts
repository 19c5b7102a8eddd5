/** What a change touches, as one job of a workflow writes it for another one, which may trust the code of neither. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CommandError } from '../../cli/errors';
import { REGIONS } from '../../config/tables/regions';
import { deliverySchema } from '../../config/schema/delivery';

/** Strict, because the names become paths, arguments and parts of comments. */
const name = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/);

const changedEnvironment = z.strictObject({
  /** The name of the environment, or of the shared zone's first stack. */
  environment: name,
  region: z.enum(REGIONS),
  protect: z.boolean(),
  /** The state store, whose roles plan and apply; none with another backend. */
  store: name.optional(),
  /** Host and organization of its workspaces in HCP Terraform, such as `app.terraform.io/acme`; none with another backend. */
  cloud: z
    .string()
    .regex(/^[a-z0-9.-]+(?::\d+)?\/[A-Za-z0-9_-]+$/)
    .optional(),
  /** How its jobs run, and who approves. */
  delivery: deliverySchema,
  /** In deploy order. */
  stacks: z.array(name).min(1),
});

const changes = z.strictObject({
  environments: z.array(changedEnvironment),
  /** Bootstrap stacks, which a person applies. */
  byHand: z.array(name),
  /** Stacks that no longer exist: their resources stay until a person destroys them. */
  gone: z.array(name),
});

/** An environment or a shared zone with stacks to plan. */
export type ChangedEnvironment = z.output<typeof changedEnvironment>;

export type Changes = z.output<typeof changes>;

/** @throws CommandError for any other content */
export function readChanges(file: string): Changes {
  try {
    return changes.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new CommandError(`${file} is not what \`delivery changed --to\` writes`, 2);
  }
}
