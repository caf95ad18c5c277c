import * as vscode from 'vscode';
import type { Log } from '../log.ts';

/** The part of the built-in git extension's API (version 1) that we use. */
interface GitRepository {
  readonly rootUri: vscode.Uri;
  status(): Promise<void>;
}
interface GitApi {
  getRepository(uri: vscode.Uri): GitRepository | null;
}
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): GitApi;
}

async function gitApi(): Promise<GitApi | undefined> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  const exported = await extension?.activate();
  // getAPI throws while `git.enabled` is off.
  return exported?.enabled ? exported.getAPI(1) : undefined;
}

/** Lets the Source Control view look again at once, instead of at its next turn. */
export async function refreshGitView(root: string, log: Log): Promise<void> {
  try {
    await (await gitApi())?.getRepository(vscode.Uri.file(root))?.status();
  } catch (error) {
    log.debug('[git] status refresh failed', error);
  }
}
