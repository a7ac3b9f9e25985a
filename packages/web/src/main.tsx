import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './ui/theme.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './app/app.tsx';
import { startTheme } from './app/theme.ts';
import { startWords } from './words/define-words.ts';

startTheme();
startWords();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element "root".');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
