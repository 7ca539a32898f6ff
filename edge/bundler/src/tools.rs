//! The npm tools, run from `tests/node_modules` so that the lock file there decides their versions.

use crate::cargo::Workspace;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of npm's command-line tools.
fn bin(workspace: &Workspace) -> PathBuf {
    workspace.root.join("tests/node_modules/.bin")
}

/// Runs one npm tool in `directory` and waits for it.
///
/// # Errors
/// When the tool is not installed or does not succeed.
pub fn run(workspace: &Workspace, tool: &str, directory: &Path, arguments: &[&str]) -> Result<()> {
    let path = bin(workspace).join(tool);
    if !path.exists() {
        bail!("{tool} is not installed: run `npm --prefix tests ci`, or simply `make run`");
    }
    let status = Command::new(&path)
        .args(arguments)
        .current_dir(directory)
        .status()
        .with_context(|| format!("{} could not be started", path.display()))?;
    if !status.success() {
        bail!("{tool} failed ({status})");
    }
    Ok(())
}

/// The lock file of the npm tools: a changed tool must give a new artefact.
pub fn lock(workspace: &Workspace) -> PathBuf {
    workspace.root.join("tests/package-lock.json")
}
