/**
 * The ports on which SES, and its interface endpoint `email-smtp`, take mail: 25, 587 and 2587 with STARTTLS, 465 and 2465 with TLS
 * from the start. Source: Amazon SES developer guide, "Connecting to an Amazon SES SMTP endpoint".
 */
export const SMTP_PORTS = [25, 465, 587, 2465, 2587] as const;
