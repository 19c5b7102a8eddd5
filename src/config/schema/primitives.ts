/**
 * The types that sections of the schema share: keys, CIDRs, days, sizes.
 * The metadata of each has the words for refused values, which src/config/problems reads.
 */
import { z } from 'zod';
import { isCidr } from '../calculations/cidr';
import { cronProblem } from '../calculations/cron';
import { isTimeZone, timeZones } from '../calculations/time-zones';
import type { Declared, ReferenceSchema } from './written';

/** The words for a value that a schema refuses. */
export interface Help {
  readonly allowed: string;
  readonly fix: string;
  /** Names among which a misspelt one is looked for. @default `fix` is the answer to any value */
  readonly names?: () => readonly string[];
}

/** Attaches the words for refused values. */
export function helped<S extends z.ZodType>(schema: S, help: Help): S {
  return schema.meta({ ...help });
}

/** Attaches a fix for each field that is likely to be written here by mistake, by the name of the field. */
export function withElsewhere<S extends z.ZodType>(schema: S, elsewhere: Readonly<Record<string, string>>): S {
  return schema.meta({ elsewhere });
}

/** The fields of one variant of a union, each with the same fix, for `withElsewhere` of another variant. */
export function onlyIn(variant: z.ZodObject, fix: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(variant.shape).map((field) => [field, fix]));
}

/** A name inside an environment file (`api`, `pricing-sync`): it becomes part of AWS names and Terraform addresses. */
export const key = helped(z.string().regex(/^(?!.*--)[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?$/), {
  allowed: 'lower-case letters, digits and single hyphens; starts with a letter; at most 30 characters',
  fix: 'rename it, for example "pricing-sync"',
});

/** The name of an entry of `To` that the environment declares elsewhere. The type knows where; rules check that it is declared. */
export const keyOf = <To extends keyof Declared>(text: z.ZodType<string> = key) => text as unknown as ReferenceSchema<To>;

/** `<system>-<short name>`: the prefix of the names of an environment's resources. */
export const environmentName = helped(z.string().regex(/^(?!.*--)[a-z](?:[a-z0-9-]{1,26}[a-z0-9])$/), {
  allowed: 'lower-case letters, digits and single hyphens, 3 to 28 characters, starting with the system and a hyphen',
  fix: 'for example "shop-production": longer names do not fit the limits of AWS',
});

/** The name of an environment variable inside a container. */
export const variableName = helped(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), {
  allowed: 'letters, digits and underscores, not starting with a digit',
  fix: 'use a name like "DATABASE_HOST"',
});

/** An IPv4 network in CIDR notation whose host bits are zero. */
export const cidr = helped(z.string().refine(isCidr), {
  allowed: 'an IPv4 network such as "10.0.0.0/16", host bits zero',
  fix: 'write the network address (not a host inside it) and a prefix length from 0 to 32',
});

/** A DNS name without a trailing dot; a leading `*.` is not allowed. */
export const hostname = helped(
  z.string().regex(/^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/),
  {
    allowed: 'a lower-case DNS name such as "api.example.com"',
    fix: 'drop the scheme, the path, the trailing dot and upper case; write other letters in Punycode: "xn--bcher-kva.example"',
  },
);

/** The path of a request, with a query or without: it is written into URLs, nginx and lists that scripts read. */
export const requestPath = (longest: number) =>
  helped(
    z
      .string()
      .max(longest)
      .regex(/^\/[A-Za-z0-9._~:@%&=+,?/-]*$/),
    {
      allowed: `a path such as "/health", at most ${longest} characters: letters, digits and . _ ~ : @ % & = + , ? / -`,
      fix: 'write other characters percent-encoded, such as %20',
    },
  );

/**
 * A reference to an image. The registry begins with a name that has a dot or a port; without one it is Docker Hub.
 * Source: github.com/distribution/reference, "Grammar".
 */
export const imageReference = helped(
  z
    .string()
    .max(512)
    .regex(
      /^(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
    ),
  {
    allowed: 'a reference to an image such as "public.ecr.aws/nginx/nginx:1.29", with a tag, a digest or both',
    fix: 'write it as `docker pull` takes it: no scheme, no spaces, a repository in lower case',
  },
);

/** The name of a secret in Secrets Manager. Source: its API, CreateSecret. */
export const secretName = helped(
  z
    .string()
    .max(512)
    .regex(/^[A-Za-z0-9/_+=.@-]+$/),
  {
    allowed: 'letters, digits and / _ + = . @ -, at most 512',
    fix: 'rename the secret',
  },
);

/** The URL of a repository. It is printed in commands, so it has no character that a shell reads. */
export const repositoryUrl = helped(z.string().regex(/^https:\/\/[A-Za-z0-9.-]+(?::\d+)?(?:\/[A-Za-z0-9._~-]+)+\/?$/), {
  allowed: 'the HTTPS URL of a repository such as "https://github.com/acme/shop"',
  fix: 'copy it from the browser, without user, query and fragment',
});

/** A whole number of days. */
export const days = (minimum: number, maximum: number) =>
  helped(z.number().int().min(minimum).max(maximum), {
    allowed: `a whole number of days from ${minimum} to ${maximum}`,
    fix: 'write the number without quotes',
  });

/** A whole number of seconds. */
export const seconds = (minimum: number, maximum: number) =>
  helped(z.number().int().min(minimum).max(maximum), {
    allowed: `a whole number of seconds from ${minimum} to ${maximum}`,
    fix: 'write the number without quotes',
  });

/** A whole number in a range. */
export const count = (minimum: number, maximum: number) =>
  helped(z.number().int().min(minimum).max(maximum), {
    allowed: `a whole number from ${minimum} to ${maximum}`,
    fix: 'write the number without quotes',
  });

/** A share of a hundred. */
export const percent = (minimum = 1, maximum = 100) =>
  helped(z.number().min(minimum).max(maximum), {
    allowed: `a percentage from ${minimum} to ${maximum}`,
    fix: 'write the number without the % sign',
  });

/** A share of a hundred where AWS accepts no fraction. */
export const wholePercent = (minimum: number, maximum: number) =>
  helped(z.number().int().min(minimum).max(maximum), {
    allowed: `a whole percentage from ${minimum} to ${maximum}`,
    fix: 'write the number without the % sign and without a fraction',
  });

/** A directory inside a container or a file system. */
export const directory = helped(
  z
    .string()
    .max(255)
    .regex(/^\/[A-Za-z0-9._/-]+$/),
  {
    allowed: 'an absolute path such as "/app/uploads": letters, digits and . _ / -, at most 255 characters',
    fix: 'begin it with "/", and leave out spaces and other characters',
  },
);

/** An e-mail address without a name. */
export const email = helped(z.email(), {
  allowed: 'an e-mail address such as "ops@example.com"',
  fix: 'write the address only, without a name',
});

/** An ARN of any service. */
export const arn = helped(z.string().regex(/^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12}|aws)?:.+$/), {
  allowed: 'an ARN such as "arn:aws:lambda:eu-west-1:123456789012:function:rotate"',
  fix: 'copy the ARN from the AWS console or from the output of the stack that created the resource',
});

/** A time zone of the IANA database. */
export const timezone = helped(z.string().refine(isTimeZone), {
  allowed: '"UTC", or a name of the IANA time zone database such as "Europe/Berlin"',
  fix: 'write area and place in their exact spelling; offsets and abbreviations like "CET" are not understood on every tier',
  names: timeZones,
});

const CRON =
  'five cron fields: minute hour day-of-month month day-of-week, such as "0 2 * * *"; at most one day field restricted';

/** A schedule in the notation of cron, in what EventBridge, systemd and Kubernetes can all express. */
export const cron = helped(
  z.string().superRefine((text, context) => {
    const fix = cronProblem(text);
    if (fix !== undefined) context.addIssue({ code: 'custom', message: CRON, params: { fix } });
  }),
  { allowed: CRON, fix: 'write five cron fields in quotes' },
);

/** A time of day. */
export const timeOfDay = helped(z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/), {
  allowed: 'a time of day from "00:00" to "23:59"',
  fix: 'write hours and minutes with two digits each, such as "03:30"',
});

/** CloudWatch Logs accepts only these retention periods (AWS API, PutRetentionPolicy). */
export const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;
