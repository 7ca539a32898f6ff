// What the operator supplies: files of their own beside the worker, since each may be longer than a variable of the platform.
import models from "./authenticators.json";
import list from "./networks.txt";
import settings from "./sekisho.json";

export const authenticators = () => models;
export const networks = () => list;
export const config = () => settings;
