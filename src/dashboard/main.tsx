import { ApolloProvider } from '@apollo/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createApiClient } from './api/client.ts';
import { connection } from './api/connection.ts';
import { openSocket } from './api/socket.ts';
import './frame/theme.css';
import { App } from './frame/app.tsx';
import { ErrorBoundary } from './frame/error-boundary.tsx';
import { currentSettings } from './frame/settings.ts';
import { session } from './session/session.ts';
import { languageFor } from './text/locale.ts';

const url = new URL('/graphql', window.location.href);
const socketUrl = new URL(url);
socketUrl.protocol = url.protocol.replace('http', 'ws');
const socket = openSocket(socketUrl.href, connection, session);
const client = createApiClient({
  url: url.href,
  socket,
  session,
  lostSignal: () => connection.lostSignal,
  answerWithinMs: () => connection.answerWithinMs,
  language: () => languageFor(navigator.languages, currentSettings().locale).locale,
});

session.forget = async () => {
  socket.terminate();
  await client.clearStore();
};

const root = document.getElementById('root');
if (root === null) {
  throw new Error('index.html has no #root');
}
createRoot(root).render(
  <StrictMode>
    <ApolloProvider client={client}>
      <ErrorBoundary page="">
        <App />
      </ErrorBoundary>
    </ApolloProvider>
  </StrictMode>,
);
