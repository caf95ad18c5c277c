import type { DatabaseProgress } from './databaseFile.ts';
import type { DocumentProgress } from './documentFile.ts';
import type { FileProgress } from './transcriptFile.ts';

/** How far a transcript has been read, whatever its format. */
export type Progress = FileProgress | DocumentProgress | DatabaseProgress;
