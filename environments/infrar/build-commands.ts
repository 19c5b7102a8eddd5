/** The build specification of infrar's container builder. Assumption: the document names no commands. */

/**
 * Builds the Dockerfile of a user's code and pushes the image. `IMAGE_TAG` comes with the call that starts the build. The code's
 * own commands run inside `docker build` only, without the variables from which programs take the credentials of the build.
 */
export const buildCommands = `version: 0.2
env:
  shell: bash
phases:
  pre_build:
    commands:
      - 'test -n "$IMAGE_TAG"'
      - 'aws ecr get-login-password | docker login --username AWS --password-stdin "$REPOSITORY_USER_APPLICATIONS"'
  build:
    commands:
      - 'docker build --tag "$REPOSITORY_USER_APPLICATIONS:$IMAGE_TAG" .'
      - 'docker push "$REPOSITORY_USER_APPLICATIONS:$IMAGE_TAG"'
`;
