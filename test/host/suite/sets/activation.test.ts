import { activateExtension } from '../../activation.ts';

describe('with folders of several repositories in one window', () => {
  it('the extension starts', activateExtension);
});
