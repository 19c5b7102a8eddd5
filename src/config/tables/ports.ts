/** The ports that the parts of a system meet on. */
export const PORTS = {
  http: 80,
  https: 443,
  nfs: 2049,
  postgres: 5432,
  /** PgBouncer's own default, inside the task only. */
  pooler: 6432,
  redis: 6379,
  ssh: 22,
} as const;

/** The collector's own: OTLP over gRPC and HTTP, and its health check. OpenTelemetry's usual ports, inside the task only. */
export const COLLECTOR_PORTS = { grpc: 4317, http: 4318, health: 13133 } as const;
