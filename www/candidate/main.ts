import { mount } from 'svelte';
import '../shared/ui/base.css';
import { startDisplay } from '../shared/ui/display.svelte.ts';
import App from './App.svelte';

// Many candidates read with difficulty: large is where they start.
startDisplay('large');
mount(App, { target: document.body });
