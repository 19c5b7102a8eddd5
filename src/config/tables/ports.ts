/** The ports that the parts of a system meet on. */
export const PORTS = {
  /** OpenTelemetry's usual ports: OTLP over gRPC and HTTP, and the health of the collector. */
  collectorGrpc: 4317,
  collectorHttp: 4318,
  collectorHealth: 13133,
  http: 80,
  https: 443,
  nfs: 2049,
  postgres: 5432,
  /** PgBouncer's own default, inside the task only. */
  pooler: 6432,
  redis: 6379,
  ssh: 22,
} as const;
