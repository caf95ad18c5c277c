import { Button } from './button.tsx';
import type { ShownFolder } from './picture.ts';
import { strings } from './strings.ts';

interface EmptyStateProps {
  readonly text: string;
  readonly children?: preact.ComponentChildren;
}

/** One sentence that says why there is nothing, and the one thing to do about it. */
function EmptyState({ text, children }: EmptyStateProps) {
  return (
    <div class="empty">
      <p>{text}</p>
      {children}
    </div>
  );
}

// A link, not a message: VS Code opens links of a webview in the browser by itself.
function Link({ label, to, action }: { readonly label: string; readonly to: string; readonly action: string }) {
  return (
    <a class="button primary" href={to} data-action={action}>
      <span class="button-label">{label}</span>
    </a>
  );
}

const gitAddress = 'https://git-scm.com/downloads';
const agentAddress = 'https://code.claude.com/docs/en/setup';

export function ManageTrust() {
  return (
    <EmptyState text={strings.untrusted}>
      <Button look="primary" label={strings.manageTrust} message={{ type: 'manageTrust' }} />
    </EmptyState>
  );
}

export function OpenFolder() {
  return (
    <EmptyState text={strings.noFolder}>
      <Button look="primary" label={strings.openFolder} message={{ type: 'openFolder' }} />
    </EmptyState>
  );
}

interface EmptyFolderProps {
  readonly folder: ShownFolder;
  /** agents that this machine has traces of; undefined: not known yet */
  readonly agents: readonly string[] | undefined;
}

/** Why this folder shows no checkpoints. */
export function EmptyFolder({ folder, agents }: EmptyFolderProps) {
  const { root } = folder;
  switch (folder.problem) {
    case 'untrusted':
      return <ManageTrust />;
    case 'no-git':
      return (
        <EmptyState text={strings.noGit}>
          <Link label={strings.getGit} to={gitAddress} action="getGit" />
        </EmptyState>
      );
    case 'git-too-old':
      return (
        <EmptyState text={strings.gitTooOld}>
          <Link label={strings.updateGit} to={gitAddress} action="getGit" />
        </EmptyState>
      );
    case 'not-a-repository':
      return (
        <EmptyState text={strings.notARepository}>
          <Button look="primary" label={strings.create} message={{ type: 'createCheckpoint', root }} />
          <Button look="link" label={strings.initRepository} message={{ type: 'initRepository', root }} />
        </EmptyState>
      );
    case 'failed':
      return (
        <EmptyState text={folder.detail === '' ? strings.failed : folder.detail}>
          <Button look="primary" label={strings.showLog} message={{ type: 'showLog' }} />
        </EmptyState>
      );
    case null:
      if (agents?.length === 0) {
        return (
          <EmptyState text={strings.noAgent}>
            <Link label={strings.getAgent} to={agentAddress} action="getAgent" />
          </EmptyState>
        );
      }
      return folder.hooksInstalled ? (
        <EmptyState text={strings.nothingHooked} />
      ) : (
        <EmptyState text={strings.nothingUnhooked}>
          <Button look="primary" label={strings.installHooks} message={{ type: 'installHooks', root }} />
        </EmptyState>
      );
  }
}
