import * as core from '@actions/core';
import { runAction } from './github/run.ts';

process.exitCode = await runAction(core, process.env);
