import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";
import { listen } from "./state.svelte";

listen();
const target = document.getElementById("app");
if (target) mount(App, { target });
