//! What the artefacts may weigh: the edge as the platform counts it, the client as it travels to a phone; and whether the
//! package tells its users just that.

use crate::cargo::Workspace;
use crate::client;
use anyhow::{Context, Result, bail};
use flate2::{Compression, write::GzEncoder};
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// How an artefact is compressed before it is weighed.
#[derive(Clone, Copy)]
enum Packing {
    /// What the edge platform limits.
    Gzip,
    /// What browsers are sent.
    Brotli,
}

/// One artefact, weighed.
struct Weight {
    name: &'static str,
    packing: Packing,
    files: usize,
    bytes: usize,
    /// In bytes; a KB is 1,000 of them.
    budget: usize,
}

/// Weighs every artefact and prints the table.
///
/// # Errors
/// When an artefact has not been built or is over its budget.
pub fn check(workspace: &Workspace) -> Result<()> {
    let edge = workspace.target.join("sekisho/edge");
    let dist = workspace.root.join("pkg/dist");
    let mut scripts = Vec::new();
    javascript(&workspace.root.join("pkg"), &mut scripts)?;
    // What a part adds is the module with it less the module without it, each as it travels.
    let core = weigh("client core", Packing::Brotli, &[client::core(workspace)], 60_000)?;
    let page = weigh("sealing", Packing::Brotli, &[dist.join("sekisho_bg.wasm")], 14_000)?;
    let rules = weigh("matchers and list", Packing::Brotli, &[dist.join("sekisho_rules_bg.wasm")], 30_000)?;
    let (sealing, matchers) = (page.beyond(&core), rules.beyond(&page));
    let sealing_bytes = sealing.bytes;
    let weights = [
        weigh("edge worker", Packing::Gzip, &[edge.join("index.js"), edge.join("index_bg.wasm")], 700_000)?,
        core,
        sealing,
        matchers,
        weigh("client JavaScript", Packing::Brotli, &scripts, 20_000)?,
        weigh("password data", Packing::Brotli, &[dist.join("passwords.bin")], 100_000)?,
    ];
    for weight in &weights {
        eprintln!("    {}", weight.line());
    }
    if weights.iter().any(Weight::over) {
        bail!("an artefact is over its budget");
    }
    let mut told = vec![("sealing", kilobytes(sealing_bytes))];
    for file in ["dist/sekisho.js", "dist/sekisho_bg.wasm", "dist/sekisho_rules_bg.wasm", "dist/passwords.bin"] {
        let weight = weigh(file, Packing::Brotli, &[workspace.root.join("pkg").join(file)], usize::MAX)?;
        told.push((file, kilobytes(weight.bytes)));
    }
    let readme = fs::read_to_string(workspace.root.join("pkg/README.md")).context("pkg/README.md cannot be read")?;
    let wrong: Vec<String> = told.iter().filter_map(|(what, weight)| misstated(&readme, what, *weight)).collect();
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    Ok(())
}

/// Whole kilobytes, rounded as a reader would.
const fn kilobytes(bytes: usize) -> usize {
    (bytes + 500) / 1000
}

/// What is wrong with the package's README: its table has a line for each file (`| name | 11 KB |`), and a sentence
/// for the sealing (`12 KB are sealing`).
fn misstated(readme: &str, what: &str, weight: usize) -> Option<String> {
    let row = format!("| `{what}` | {weight} KB |");
    let sentence = format!("{weight} KB are {what}");
    let said = readme.lines().any(|line| line.starts_with(&row) || line.contains(&sentence));
    (!said).then(|| format!("pkg/README.md misstates or omits what {what} weighs: {weight} KB"))
}

impl Weight {
    /// How much more this weighs than `less`.
    fn beyond(&self, less: &Self) -> Self {
        Self { bytes: self.bytes.saturating_sub(less.bytes), ..*self }
    }

    fn over(&self) -> bool {
        self.bytes > self.budget
    }

    fn line(&self) -> String {
        let packing = match self.packing {
            Packing::Gzip => "gzip",
            Packing::Brotli => "brotli",
        };
        let kilobytes = |bytes: usize| format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100);
        let (weight, budget) = (kilobytes(self.bytes), kilobytes(self.budget));
        let verdict = if self.over() { "OVER" } else { "ok" };
        format!("{:<18} {packing:<6} {weight:>10} of {budget:>9}  {verdict} ({} files)", self.name, self.files)
    }
}

/// Compresses each file by itself, as it is sent, and adds up.
fn weigh(name: &'static str, packing: Packing, files: &[PathBuf], budget: usize) -> Result<Weight> {
    if files.is_empty() {
        bail!("{name}: nothing to weigh");
    }
    let mut bytes = 0;
    for file in files {
        let content = fs::read(file).with_context(|| format!("{name}: {} is not built", file.display()))?;
        bytes += packed(&content, packing)?;
    }
    Ok(Weight { name, packing, files: files.len(), bytes, budget })
}

fn packed(content: &[u8], packing: Packing) -> Result<usize> {
    Ok(match packing {
        Packing::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(content)?;
            encoder.finish()?.len()
        }
        Packing::Brotli => {
            let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
            let mut out = Vec::new();
            brotli::BrotliCompress(&mut &*content, &mut out, &parameters)?;
            out.len()
        }
    })
}

/// Every script of the npm package that a page may load: not `src`, of which `dist` is made, and not the fake edge for tests.
fn javascript(directory: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(directory).with_context(|| format!("{} cannot be read", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir()
            && path.file_name().is_some_and(|name| {
                ![OsStr::new("node_modules"), OsStr::new("src"), OsStr::new("testing")].contains(&name)
            })
        {
            javascript(&path, found)?;
        } else if path.extension().is_some_and(|e| e == "js" || e == "mjs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_over_the_budget_is_over() {
        let weight = |bytes| Weight { name: "x", packing: Packing::Gzip, files: 1, bytes, budget: 60_000 };
        assert!(!weight(60_000).over());
        assert!(weight(60_001).over());
        assert!(weight(60_001).line().contains("OVER"));
    }

    #[test]
    fn a_part_weighs_what_it_adds() {
        let weight = |bytes| Weight { name: "x", packing: Packing::Brotli, files: 1, bytes, budget: 14_000 };
        assert!(!weight(74_000).beyond(&weight(60_000)).over());
        assert!(weight(74_001).beyond(&weight(60_000)).over());
    }

    #[test]
    fn a_readme_that_states_another_size_or_none_is_told_so() {
        let readme = "| `dist/a.js` | 11 KB | always |\n\nOf it 12 KB are sealing.";
        assert_eq!((kilobytes(11_499), kilobytes(10_500)), (11, 11));
        assert_eq!(misstated(readme, "dist/a.js", 11), None);
        assert_eq!(misstated(readme, "sealing", 12), None);
        assert!(misstated(readme, "dist/a.js", 12).is_some());
        assert!(misstated(readme, "sealing", 1).is_some());
        assert!(misstated(readme, "dist/b.js", 11).is_some());
    }

    #[test]
    fn both_packings_shrink_what_repeats() {
        let content = vec![7; 100_000];
        assert!(packed(&content, Packing::Gzip).unwrap() < 1_000);
        assert!(packed(&content, Packing::Brotli).unwrap() < 1_000);
    }

    #[test]
    fn nothing_to_weigh_is_an_error_and_not_a_light_artefact() {
        assert!(weigh("x", Packing::Gzip, &[], 1).is_err());
        assert!(weigh("x", Packing::Gzip, &["/nonexistent".into()], 1).is_err());
    }
}
