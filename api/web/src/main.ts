import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";
import { listen } from "./state.svelte";

const target = document.getElementById("app");
void listen(() => import("./words/en")).then(() => target && mount(App, { target }));
