import { Component, type ReactNode } from 'react';
import { Broken } from './notices.tsx';

/** Shows that a page broke instead of nothing at all, until another `page` is shown. */
export class ErrorBoundary extends Component<{ page: string; children: ReactNode }, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidUpdate(before: { page: string }) {
    if (before.page !== this.props.page && this.state.error !== undefined) {
      this.setState({ error: undefined });
    }
  }

  override render() {
    return this.state.error === undefined ? this.props.children : <Broken error={this.state.error} />;
  }
}
