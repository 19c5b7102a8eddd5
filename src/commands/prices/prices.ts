/** Prints the table, or compares it with what the environments need. */
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { costOf } from '../../cost/calculate';
import { inputOf } from '../../cost/input';
import { isOld, prices, type Price } from '../../cost/prices/table';
import { synthesiseModules } from '../../synthesis/modules';

export interface PricesOptions {
  readonly check: boolean;
}

/** @returns 1 when `check` finds a charge without a price; prices that are old are only named */
export async function printPrices(context: CommandContext, { check }: PricesOptions): Promise<0 | 1> {
  const { stdout } = context.io;
  if (!check) {
    for (const price of prices().all()) stdout.write(`${row(price)}\n`);
    return 0;
  }
  const { groups, failed } = await synthesiseModules(context, Object.keys(context.files));
  if (failed.length > 0) throw new CommandError(failed.map(({ report }) => report).join('\n\n'));
  const costs = groups.map((group) => costOf(inputOf(group)));
  const unknown = costs.flatMap((cost) => cost.unknown);
  const used = new Map(costs.flatMap(({ lines }) => lines.map(({ price }) => [`${price.key} ${price.region}`, price] as const)));
  const today = new Date();
  const old = [...used.values()].filter((price) => isOld(price, today));
  const weak = [...used.values()].filter(({ confidence }) => confidence === 'low');
  for (const { stack, address, reason } of unknown) stdout.write(`missing  ${stack} ${address}: ${reason}\n`);
  for (const price of old) stdout.write(`old      ${row(price)}\n`);
  for (const price of weak) stdout.write(`weak     ${row(price)}\n`);
  stdout.write(
    `${used.size} prices in use, ${unknown.length} charges without a price, ${old.length} prices older than a year, ` +
      `${weak.length} with weak evidence; verify them on the page that each names\n`,
  );
  return unknown.length === 0 ? 0 : 1;
}

function row({ key, region, usd, unit, date, page }: Price): string {
  return `${key}  ${region}  $${usd} per ${unit}  (${date}, ${page})`;
}
