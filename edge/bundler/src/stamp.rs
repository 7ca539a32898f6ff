//! Remembering what an artefact was made from, so that unchanged input costs no second bindgen, esbuild or wasm-opt.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The digest of everything an artefact is made from, and the file that keeps it beside the artefact.
pub struct Stamp {
    file: PathBuf,
    digest: String,
}

impl Stamp {
    /// Reads every input. The running bundler itself counts as one, because its flags shape the artefact.
    ///
    /// # Errors
    /// When an input cannot be read.
    pub fn of(directory: &Path, inputs: &[PathBuf]) -> Result<Self> {
        let mut hasher = Sha256::new();
        let bundler = std::env::current_exe()?;
        for input in inputs.iter().chain([&bundler]) {
            let bytes = fs::read(input).with_context(|| format!("{} cannot be read", input.display()))?;
            let name = input.file_name().unwrap_or_default().to_string_lossy();
            hasher.update(format!("{name}\0{}\0", bytes.len()));
            hasher.update(bytes);
        }
        let mut digest = String::new();
        for byte in hasher.finalize() {
            write!(digest, "{byte:02x}")?;
        }
        Ok(Self { file: directory.join(".stamp"), digest })
    }

    /// Whether the artefact was made from just these inputs and all its `outputs` are still there.
    pub fn fresh(&self, outputs: &[PathBuf]) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|kept| kept == self.digest) && outputs.iter().all(|o| o.exists())
    }

    /// Keeps the digest; called last, so that an interrupted build is never taken for a finished one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep(&self) -> Result<()> {
        fs::write(&self.file, &self.digest).with_context(|| format!("{} cannot be written", self.file.display()))
    }
}

/// Empties a directory, making it if need be.
///
/// # Errors
/// When the file system refuses.
pub fn emptied(directory: &Path) -> Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory).with_context(|| format!("{} cannot be emptied", directory.display()))?;
    }
    fs::create_dir_all(directory).with_context(|| format!("{} cannot be made", directory.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_input_or_a_lost_output_is_not_fresh() {
        let directory = std::env::temp_dir().join(format!("sekisho-stamp-{}", std::process::id()));
        emptied(&directory).unwrap();
        let input = directory.join("input");
        fs::write(&input, "one").unwrap();
        let stamp = Stamp::of(&directory, std::slice::from_ref(&input)).unwrap();
        assert!(!stamp.fresh(&[]));
        stamp.keep().unwrap();
        assert!(stamp.fresh(std::slice::from_ref(&input)));
        assert!(!stamp.fresh(&[directory.join("lost")]));
        fs::write(&input, "two").unwrap();
        assert!(!Stamp::of(&directory, &[input]).unwrap().fresh(&[]));
        fs::remove_dir_all(directory).unwrap();
    }
}
