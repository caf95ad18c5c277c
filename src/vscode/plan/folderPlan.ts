import path from 'node:path';
import * as vscode from 'vscode';
import { chunkOf, type ChunkRun } from '../../plan/chunkRun.ts';
import { chunkRunFile, readChunkRun } from '../../plan/chunkRunFile.ts';
import { nextChunk, type Plan } from '../../plan/plan.ts';
import { planFileBy, readPlanFile } from '../../plan/planFile.ts';
import { currentPlan } from '../../plan/planText.ts';
import type { PlanView } from '../../protocol/chunkView.ts';
import type { FolderCheckpoints } from '../checkpoints/folderCheckpoints.ts';
import type { Log } from '../log.ts';
import { logged } from '../unwaited.ts';
import { OneAtATime } from '../../store/oneAtATime.ts';

const restMs = 100;

/** The plan of one workspace folder, followed on disk: people, agents and the command line change it too. */
export class FolderPlan implements vscode.Disposable {
  readonly folder: FolderCheckpoints;
  readonly #planName: string;
  readonly #stateFolder: string;
  readonly #log: Log;
  readonly #changed = new vscode.EventEmitter<ChunkRun | null>();
  /** the run that is on its way, or null */
  readonly onDidChangeRun = this.#changed.event;
  readonly #watchers: readonly vscode.FileSystemWatcher[];
  readonly #reading = new OneAtATime(() => this.#show());
  #timer: NodeJS.Timeout | undefined;
  #busy: PlanView['busy'] = null;
  #shown = '';
  #run = '';
  #disposed = false;

  /** @param planName the plan's path below the folder that it is about */
  constructor(folder: FolderCheckpoints, planName: string, stateFolder: string, log: Log) {
    this.folder = folder;
    this.#planName = planName;
    this.#stateFolder = stateFolder;
    this.#log = log;
    const run = chunkRunFile(stateFolder, this.file);
    const watch = (base: string, pattern: string): vscode.FileSystemWatcher => {
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(vscode.Uri.file(base), pattern),
      );
      const soon = (): void => this.#soon();
      watcher.onDidCreate(soon);
      watcher.onDidChange(soon);
      watcher.onDidDelete(soon);
      return watcher;
    };
    // By pattern from the workspace's folder: the plan's own folder may not be there yet.
    const names = planName.split(/[\\/]/);
    const top = path.resolve(this.file, ...names.map(() => '..'));
    this.#watchers = [watch(top, names.join('/')), watch(path.dirname(run), path.basename(run))];
  }

  get file(): string {
    return planFileBy(this.folder.root, this.#planName);
  }

  /** As an agent that works in the folder would name it. */
  get name(): string {
    return path.relative(this.folder.root, this.file).split(path.sep).join('/');
  }

  set busy(busy: PlanView['busy']) {
    this.#busy = busy;
    this.#refreshNow();
  }

  get busy(): PlanView['busy'] {
    return this.#busy;
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refreshNow(), restMs);
  }

  #refreshNow(): void {
    logged(this.refresh(), '[plan] not shown', this.#log);
  }

  /** The plan in the file; null where there is none, or none that can be read. */
  async read(): Promise<Plan | null> {
    const text = await readPlanFile(this.file);
    if (text.ok) return currentPlan(text.value)?.plan ?? null;
    this.#log.warn(`[plan] not read reason=${text.failure.reason}`);
    return null;
  }

  refresh(): Promise<void> {
    return this.#reading.do();
  }

  async #show(): Promise<void> {
    const [plan, run] = await Promise.all([this.read(), readChunkRun(this.#stateFolder, this.file)]);
    if (this.#disposed) return;
    const view = plan === null ? undefined : this.#view(plan, run);
    // Watchers tell of a change more than once.
    const shown = JSON.stringify(view ?? null);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.folder.showPlan(view);
    }
    if (JSON.stringify(run) === this.#run) return;
    this.#run = JSON.stringify(run);
    this.#changed.fire(run);
  }

  #view(plan: Plan, run: ChunkRun | null): PlanView {
    const next = nextChunk(plan);
    const isRed = next?.status === 'red' && run !== null && chunkOf(plan, run)?.number === next.number;
    return {
      title: plan.title,
      file: this.name,
      chunks: plan.chunks,
      next: next?.number ?? null,
      busy: this.#busy,
      failure: isRed ? run.failure : null,
    };
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.dispose();
    this.#changed.dispose();
  }
}
