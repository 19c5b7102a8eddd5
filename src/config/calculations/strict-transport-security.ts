/** HTTP Strict Transport Security as a header (RFC 6797). Pure. */

export interface StrictTransportSecurity {
  readonly maxAgeDays: number;
  readonly includeSubdomains: boolean;
  readonly preload: boolean;
}

const SECONDS_A_DAY = 86_400;

export function maxAgeSeconds({ maxAgeDays }: Pick<StrictTransportSecurity, 'maxAgeDays'>): number {
  return maxAgeDays * SECONDS_A_DAY;
}

/** The value of the header `Strict-Transport-Security`. */
export function strictTransportSecurityHeader(settings: StrictTransportSecurity): string {
  return [
    `max-age=${maxAgeSeconds(settings)}`,
    ...(settings.includeSubdomains ? ['includeSubDomains'] : []),
    ...(settings.preload ? ['preload'] : []),
  ].join('; ');
}
