/** Times between `SIGTERM` and `SIGKILL`, in seconds. */

/** The longest that Fargate allows (Amazon ECS API reference, ContainerDefinition, `stopTimeout`). */
export const LONGEST_STOP_SECONDS = 120;

/** For containers that finish a request, not a message of a queue. */
export const USUAL_STOP_SECONDS = 30;
