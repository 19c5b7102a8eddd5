/**
 * The questions about a new system, as options of the command line. What else belongs to a question is in questions.ts: it evaluates
 * the whole schema, which no other command needs to start.
 */

/** In the order in which they are asked. */
export const FLAGS = [
  { flag: 'environments', value: '<names>', text: 'short names of its environments, separated by commas' },
  {
    flag: 'tier',
    value: '<tier>',
    text: 'what runs the containers: box, fargate or kubernetes; or one for each, such as dev=box,prod=fargate',
  },
  {
    flag: 'protect',
    value: '<names>',
    text: 'environments whose data must not be lost: larger, in two zones, with a web firewall; or none',
  },
  { flag: 'region', value: '<region>', text: 'AWS region' },
  { flag: 'account', value: '<id>', text: 'AWS account, twelve digits, for which alone plans are made; or none' },
  {
    flag: 'domain',
    value: '<zone>',
    text: 'DNS zone of its host names, which exists already; or none, and then nothing is reached from the internet',
  },
  { flag: 'dns', value: '<provider>', text: 'provider of the DNS zone' },
  {
    flag: 'services',
    value: '<services>',
    text: 'its services as name:port/health-path, separated by commas; with =image for a public image',
  },
  { flag: 'database', value: '<version>', text: 'major version of PostgreSQL; or none' },
  { flag: 'cache', value: '<yes>', text: 'whether it has a cache (Valkey on ElastiCache, Redis on a host)' },
  {
    flag: 'state',
    value: '<where>',
    text: "where Terraform keeps its state: s3, cloud (Terraform Cloud), or local (files of one person's machine)",
  },
  { flag: 'bucket', value: '<name>', text: 'name of the state bucket, unique in all of S3' },
  { flag: 'organization', value: '<name>', text: 'organization in Terraform Cloud, which exists already' },
  { flag: 'github', value: '<owner/repository>', text: 'GitHub repository whose workflows plan; or none' },
  {
    flag: 'github-ids',
    value: '<owner id/repository id>',
    text: 'its ids, which `gh api repos/<owner>/<repository> --jq ".owner.id, .id"` shows; or none',
  },
  {
    flag: 'cluster-cidrs',
    value: '<cidrs>',
    text: 'networks that reach the Kubernetes API, such as an office, separated by commas; or none, and only the VPC does',
  },
  { flag: 'email', value: '<address>', text: 'e-mail address that gets alarms' },
] as const;
