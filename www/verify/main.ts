import { mount } from 'svelte';
import '../shared/ui/base.css';
import { startDisplay } from '../shared/ui/display.svelte.ts';
import App from './App.svelte';
import { fetchTrust } from './service.ts';

startDisplay('normal');
mount(App, { target: document.body, props: { fetchTrust } });
