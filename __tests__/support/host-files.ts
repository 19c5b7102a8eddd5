/** The files that a host pulls: the object of a box stack, read as Terraform and the host do. */
import { theOnly, type RootModule } from './synth';

export interface WrittenFile {
  readonly path: string;
  readonly mode: string;
  readonly content: string;
}

/** Path to file. Terraform's references stay as they are. */
export function hostFiles(compute: RootModule): Readonly<Record<string, WrittenFile>> {
  const text: string = theOnly(compute, 'aws_s3_object').content;
  const files: WrittenFile[] = JSON.parse(text.replaceAll('$${', '${').replaceAll('%%{', '%{')).files;
  return Object.fromEntries(files.map((file) => [file.path, file]));
}
