//! Asking cargo: where the workspace is, and to compile one crate to wasm.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The workspace this command was started in.
pub struct Workspace {
    /// Where the root `Cargo.toml` lies.
    pub root: PathBuf,
    /// Cargo's target directory; it follows `CARGO_TARGET_DIR`.
    pub target: PathBuf,
}

impl Workspace {
    /// Asks cargo for the workspace around the current directory.
    ///
    /// # Errors
    /// When cargo is missing or the directory is in no workspace.
    pub fn find() -> Result<Self> {
        let output = cargo()
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .stderr(Stdio::inherit())
            .output()
            .context("cargo could not be started")?;
        if !output.status.success() {
            bail!("cargo metadata failed; start this inside the repository");
        }
        let metadata: Value = serde_json::from_slice(&output.stdout)?;
        let path = |name: &str| -> Result<PathBuf> {
            Ok(metadata
                .get(name)
                .and_then(Value::as_str)
                .with_context(|| format!("cargo metadata lacks {name}"))?
                .into())
        };
        Ok(Self { root: path("workspace_root")?, target: path("target_directory")? })
    }
}

/// Where cargo takes the compiler's flags for wasm from.
const FLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

/// The compiler's flags.
fn flags() -> String {
    // SHA-256 and SHA-512 of the Rust crate as loops and not unrolled: 6 KB less. A password takes a few dozen blocks.
    let small = "--cfg sha2_backend_soft=\"compact\"";
    // The places that a panic names are in the files: without the folders of the machine they were built on, which concern
    // nobody and would make two machines build two files.
    match std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo"))) {
        Ok(home) => format!("{small} --remap-path-prefix={home}/registry/src="),
        Err(_) => small.to_owned(),
    }
}

/// One compilation to wasm32.
pub struct Compile<'a> {
    /// Cargo's name of the crate; its library must be a `cdylib`.
    pub package: &'a str,
    /// The cargo profile.
    pub profile: &'a str,
    /// Features to switch on; those that are on by default are not.
    pub features: Option<&'a str>,
    /// A directory of its own below `<target>/sekisho`, for the second form of a crate that is always built in two: they
    /// would overwrite each other's file, and cargo would compile both again every time.
    pub apart: Option<&'a str>,
    /// Variables read by procedural macros while they expand.
    pub environment: &'a [(&'a str, &'a str)],
}

impl Compile<'_> {
    /// Compiles and returns the path of the `.wasm` file.
    ///
    /// # Errors
    /// When the crate does not compile or yields no wasm.
    pub fn run(&self, workspace: &Workspace) -> Result<PathBuf> {
        let mut command = cargo();
        command.current_dir(&workspace.root).args(["build", "--lib", "--target", "wasm32-unknown-unknown"]);
        command.arg("--no-default-features");
        command.args(["--message-format", "json-render-diagnostics", "--profile", self.profile, "-p", self.package]);
        if let Some(features) = self.features {
            command.args(["--features", features]);
        }
        if let Some(name) = self.apart {
            command.arg("--target-dir").arg(workspace.target.join("sekisho").join(name));
        }
        command.envs(self.environment.iter().copied());
        command.env(FLAGS, flags());
        let mut child = command.stdout(Stdio::piped()).spawn().context("cargo could not be started")?;
        let stdout = child.stdout.take().context("cargo gave no output")?;
        let mut found = None;
        for line in BufReader::new(stdout).lines() {
            found = wasm_of(&serde_json::from_str(&line?)?, self.package).or(found);
        }
        if !child.wait()?.success() {
            bail!("{} did not compile to wasm", self.package);
        }
        found.with_context(|| format!("{} yielded no .wasm: is its library a cdylib?", self.package))
    }
}

/// The `.wasm` file that a line of cargo's build messages announces for `package`, if it does.
fn wasm_of(message: &Value, package: &str) -> Option<PathBuf> {
    let library = package.replace('-', "_");
    if message.get("reason")? != "compiler-artifact" || message.get("target")?.get("name")? != library.as_str() {
        return None;
    }
    let files = message.get("filenames")?.as_array()?;
    files.iter().filter_map(Value::as_str).map(PathBuf::from).find(|file| file.extension().is_some_and(|e| e == "wasm"))
}

/// The cargo that runs this, or the one on the path.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_library_of_the_asked_crate_is_found_and_no_other() {
        let message = json!({"reason": "compiler-artifact", "target": {"name": "sekisho_edge"},
            "filenames": ["/t/libsekisho_edge.rlib", "/t/sekisho_edge.wasm"]});
        assert_eq!(wasm_of(&message, "sekisho-edge"), Some("/t/sekisho_edge.wasm".into()));
        assert_eq!(wasm_of(&message, "sekisho-client"), None);
        assert_eq!(wasm_of(&json!({"reason": "build-finished"}), "sekisho-edge"), None);
    }
}
