/** Words for refused values whose schema has none, by the kind of issue. */
import type { z } from 'zod';
import { suggest } from './nearest';
import { discriminatorOf, fieldNames, type Schema } from '../schema/walk';

/** What is allowed and how to fix it. */
export interface Words {
  readonly allowed: string;
  readonly fix: string;
  /** Whether `fix` depends on the received value, and so is better than a schema's general advice. */
  readonly specific?: boolean;
}

type Issue = z.core.$ZodIssue;

/**
 * The general words for an issue.
 * @param path ends with the field's name, which a missing field is asked for by
 */
export function wordsFor(issue: Issue, path: readonly PropertyKey[], received: unknown, schema: Schema | undefined): Words {
  const words = wordsOf(issue, received, schema);
  return received === undefined ? { allowed: words.allowed, fix: `add ${fieldAsked(path)}: it is required` } : words;
}

function fieldAsked(path: readonly PropertyKey[]): string {
  const field = path.at(-1);
  return field === undefined ? 'the environment' : `\`${String(field)}\``;
}

function wordsOf(issue: Issue, received: unknown, schema: Schema | undefined): Words {
  switch (issue.code) {
    case 'invalid_type':
      return {
        allowed: kindOf(issue.expected, schema, received),
        fix: conversion(issue.expected, received),
        specific: issue.expected === 'int',
      };
    case 'invalid_value':
      return oneOf(issue.values.map(String), received, issue.values.map((value) => JSON.stringify(value)).join(', '));
    case 'invalid_union':
      return oneOf(valuesIn(issue.errors), received, 'one of the forms that the schema lists');
    case 'too_small':
      return {
        allowed: `${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue.minimum, issue.origin)}`,
        fix: 'raise it',
        specific: typeof received === 'number',
      };
    case 'too_big':
      return {
        allowed: `at most ${amount(issue.maximum, issue.origin)}`,
        fix: 'lower it',
        specific: typeof received === 'number',
      };
    case 'invalid_format':
      return { allowed: formatAllowed(issue), fix: 'write it in this form' };
    default:
      return { allowed: issue.message, fix: 'change the value' };
  }
}

/** Every fixed value that some branch of a union accepts. */
function valuesIn(branches: readonly (readonly Issue[])[]): readonly string[] {
  return branches.flat().flatMap((issue) => {
    if (issue.path.length > 0) return [];
    if (issue.code === 'invalid_value') return issue.values.map(String);
    return issue.code === 'invalid_union' ? valuesIn(issue.errors) : [];
  });
}

function oneOf(values: readonly string[], received: unknown, allowed: string): Words {
  const suggestion = suggest(String(received), values, '');
  return suggestion === '' ? { allowed, fix: 'choose one of these' } : { allowed, fix: suggestion, specific: true };
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  record: 'an object whose keys are names',
};

function kindOf(expected: string, schema: Schema | undefined, received: unknown): string {
  const variants = discriminatorOf(schema);
  if (variants !== undefined)
    return `an object whose ${variants.field} is ${variants.values.map((value) => JSON.stringify(value)).join(', ')}`;
  const fields = fieldNames(schema, received);
  if (expected === 'object' && fields !== undefined) return `an object with the fields ${fields.join(', ')}`;
  return KINDS[expected] ?? expected;
}

function conversion(expected: string, received: unknown): string {
  const quoted = typeof received === 'string';
  if ((expected === 'number' || expected === 'int') && quoted) return 'write the number without quotes';
  if (expected === 'boolean') return 'write true or false, without quotes';
  if (expected === 'string' && !quoted) return 'write it in quotes';
  if (expected === 'array') return 'put it in brackets: [ ]';
  return `write ${KINDS[expected] ?? 'an object'} here`;
}

function amount(limit: number | bigint, origin: string): string {
  switch (origin) {
    case 'string':
      return `${limit} characters`;
    case 'array':
    case 'set':
      return `${limit} entries`;
    default:
      return String(limit);
  }
}

function formatAllowed(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  if (issue.format === 'url') return 'a URL such as "https://github.com/owner/repository"';
  return issue.pattern === undefined ? `text in the form "${issue.format}"` : `text that matches ${issue.pattern}`;
}
