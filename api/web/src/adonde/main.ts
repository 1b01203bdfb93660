import { mount } from "svelte";
import "../app.css";
import Page from "./Page.svelte";
import "./page.css";

const target = document.getElementById("app");
if (target) mount(Page, { target });
