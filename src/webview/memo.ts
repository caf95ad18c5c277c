import { Component, createElement, type FunctionComponent } from 'preact';

/**
 * A component that is drawn anew only when one of its properties is another; for what is in a list many times. It has to be given
 * the same properties each time, if only as `undefined`.
 */
export function memo<Props extends object>(draw: FunctionComponent<Props>): new (props: Props) => Component<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      for (const name in next) if (next[name] !== this.props[name]) return true;
      return false;
    }

    override render() {
      return createElement(draw, this.props);
    }
  };
}
