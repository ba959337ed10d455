import { mount } from 'svelte';
import '../shared/ui/base.css';
import { startDisplay } from '../shared/ui/display.svelte.ts';
import App from './App.svelte';

startDisplay('large');
mount(App, { target: document.body });
