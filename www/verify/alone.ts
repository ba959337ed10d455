/** The page as one file that stands alone: it knows of no service, and its trust list comes from a file. */

import { mount } from 'svelte';
import '../shared/ui/base.css';
import { startDisplay } from '../shared/ui/display.svelte.ts';
import App from './App.svelte';

startDisplay('normal');
// What is written there helps where this script may not run.
document.body.replaceChildren();
mount(App, { target: document.body });
