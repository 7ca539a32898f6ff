// What the operator supplies, and staff's page: files of their own beside the worker, since each may be longer than a variable of
// the platform.
import models from "./authenticators.json";
import page from "./staff.html";
import list from "./networks.txt";
import settings from "./sekisho.json";

export const authenticators = () => models;
export const networks = () => list;
export const config = () => settings;
export const staff_page = () => page;
