/** The names under which certificate authorities appear in CAA records. */
export const CERTIFICATE_AUTHORITIES = {
  /** AWS Certificate Manager: certificates of load balancers and CloudFront. */
  amazon: 'amazon.com',
  /** Let's Encrypt: certificates of a single host. */
  letsEncrypt: 'letsencrypt.org',
} as const;
