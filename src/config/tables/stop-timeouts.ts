/** Times between `SIGTERM` and `SIGKILL`, in seconds. */

/** The longest of all: a load balancer keeps connections no longer (Elastic Load Balancing API reference, TargetGroupAttribute). */
export const LONGEST_STOP_SECONDS = 3600;

/** The longest that Fargate allows (Amazon ECS API reference, ContainerDefinition, `stopTimeout`). */
export const LONGEST_FARGATE_STOP_SECONDS = 120;

/** For containers that finish a request, not a message of a queue. */
export const USUAL_STOP_SECONDS = 30;
