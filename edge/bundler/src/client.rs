//! The browser package: its wasm modules, and one script out of `pkg/src` and wasm-bindgen's glue.
//!
//! One script, because a glue in a file of its own could be imported by any other script of a page, and would hand it
//! the memory that holds a password.

use crate::cargo::{Compile, Workspace};
use crate::stamp::{Stamp, emptied};
use crate::tools;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// The wasm features that every browser the package supports has. They are named one by one: with all of them, binaryen
/// writes imports that browsers refuse.
pub(crate) const FEATURES: [&str; 6] = [
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
];

/// One form of the client's wasm.
struct Module {
    name: &'static str,
    features: Option<&'static str>,
    /// Its own folder of cargo's.
    apart: Option<&'static str>,
}

/// The modules: for every page, and for pages that set a password or manage passkeys. A page loads one of them.
const MODULES: [Module; 2] = [
    Module { name: "sekisho", features: Some("sealing"), apart: None },
    Module { name: "sekisho_rules", features: Some("sealing,matchers,manage"), apart: Some("client-build") },
];

/// The first of them without sealing, which is weighed and never shipped: so much of it is core, the rest is sealing.
const CORE: Module = Module { name: "sekisho_core", features: None, apart: Some("client-core") };

/// Where the module that is only weighed lies.
pub fn core(workspace: &Workspace) -> PathBuf {
    workspace.target.join("sekisho/client-core").join(format!("{}_bg.wasm", CORE.name))
}

/// Builds `pkg/dist/{sekisho.js,sekisho_bg.wasm,sekisho_rules_bg.wasm,passwords.bin}`; the last is the rules' data.
///
/// # Errors
/// When the crate does not compile or a tool fails.
pub fn build(workspace: &Workspace) -> Result<()> {
    let out = workspace.root.join("pkg/dist");
    let parts = workspace.target.join("sekisho/client-parts");
    fs::create_dir_all(&parts).with_context(|| format!("{} cannot be made", parts.display()))?;
    let passwords = workspace.root.join("edge/rules/src/password/data/passwords.bin");
    let mut inputs = vec![tools::lock(workspace), passwords.clone()];
    for Module { name, features, apart } in MODULES.iter().chain([&CORE]) {
        let (features, apart) = (*features, *apart);
        let compile = Compile { package: "sekisho-client", profile: "client", features, apart, environment: &[] };
        let compiled = parts.join(format!("{name}.wasm"));
        fs::copy(compile.run(workspace)?, &compiled).with_context(|| format!("{name} cannot be copied"))?;
        inputs.push(compiled);
    }
    inputs.extend(scripts(workspace)?);
    let stamp = Stamp::of(&out, &inputs)?;
    let outputs =
        ["sekisho.js", "sekisho_bg.wasm", "sekisho_rules_bg.wasm", "passwords.bin"].map(|name| out.join(name));
    let core = core(workspace);
    if stamp.fresh(&outputs) && core.exists() {
        eprintln!("    client: unchanged");
        return Ok(());
    }

    emptied(&out)?;
    let folder = core.parent().context("the weighed module has no folder")?;
    for (name, out) in MODULES.map(|module| (module.name, &*out)).into_iter().chain([(CORE.name, folder)]) {
        eprintln!("    client: bindgen, wasm-opt ({name})");
        bind(name, &parts)?;
        shrink(workspace, name, &parts, out)?;
    }
    pack(workspace, &parts, &out)?;
    fs::copy(&passwords, out.join("passwords.bin"))
        .with_context(|| format!("{} cannot be copied", passwords.display()))?;
    stamp.keep()?;
    eprintln!("    client: {}", out.display());
    Ok(())
}

/// The package's own scripts, the elements and the loader.
fn scripts(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let folder = workspace.root.join("pkg/src");
    let entries = fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut scripts = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    scripts.retain(|path| path.extension().is_some_and(|extension| extension == "js"));
    scripts.sort();
    Ok(scripts)
}

/// wasm-bindgen's glue for browsers, with `new URL("…_bg.wasm", import.meta.url)` for every bundler to find.
fn bind(name: &str, parts: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(parts.join(format!("{name}.wasm"))).out_name(name).web(true)?.typescript(false);
    bindgen.remove_name_section(true).remove_producers_section(true);
    bindgen.generate(parts).context("wasm-bindgen refused the client's wasm")
}

/// wasm-opt on one module.
fn shrink(workspace: &Workspace, name: &str, parts: &Path, out: &Path) -> Result<()> {
    let file = format!("{name}_bg.wasm");
    let to = out.join(&file);
    let to = to.to_string_lossy();
    let mut arguments = vec!["-Oz", "--converge", &*file, "-o", &*to];
    arguments.extend(FEATURES);
    tools::run(workspace, "wasm-opt", parts, &arguments)
}

/// One script of `pkg/src/index.js` and the glues, which it imports as `#sekisho` and `#sekisho_rules`.
fn pack(workspace: &Workspace, parts: &Path, out: &Path) -> Result<()> {
    let from = workspace.root.join("pkg/src/index.js");
    let mut arguments = vec![from.to_string_lossy().into_owned()];
    arguments.extend(
        MODULES.map(|Module { name, .. }| format!("--alias:#{name}={}", parts.join(format!("{name}.js")).display())),
    );
    // Globals of these names in the glue become the package's own, which a script of the page cannot replace later.
    arguments.push(format!("--inject:{}", workspace.root.join("pkg/src/taken.js").display()));
    arguments.push(format!("--outfile={}", out.join("sekisho.js").display()));
    let flags =
        ["--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none", "--log-level=warning"];
    arguments.extend(flags.map(str::to_owned));
    // wasm-bindgen names a module once per function that is imported from it.
    arguments.push("--log-override:duplicate-object-key=silent".to_owned());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    tools::run(workspace, "esbuild", parts, &arguments)
}
