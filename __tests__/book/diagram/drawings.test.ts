/** All tests of drawings are one file for jest: to lay them out takes longer than everything that is asked of the result. */
import { everyDrawing } from './drawn';
import { elaborate } from './elaborate';
import './contents';
import './geometry';
import './svg';

beforeAll(async () => {
  await everyDrawing();
  await elaborate();
}, 240_000);
