// What the operator supplies, and staff's page: files of their own beside the worker, since each may be longer than a variable of
// the platform.
import models from "./authenticators.json";
import settings from "./sekisho.toml";
import page from "./staff.html";

export const authenticators = () => models;
export const config = () => settings;
export const staff_page = () => page;
