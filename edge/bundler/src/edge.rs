//! The worker: compiled Rust and the JavaScript shim around it, bundled into the files that `workerd` loads.

use crate::cargo::{Compile, Workspace};
use crate::client::FEATURES;
use crate::stamp::{Stamp, emptied};
use crate::tools;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// What the operator supplies as text, and as what it lies beside the worker: the config, and what is known of authenticator models
/// and of networks; and the page of staff's host.
const TEXTS: [(&str, &str); 4] = [
    ("sekisho.toml", "sekisho.json"),
    ("authenticators.json", "authenticators.json"),
    ("networks.txt", "networks.txt"),
    ("staff.html", "staff.html"),
];

/// What makes the worker smaller as it is packed, 8 KB: the same function and the same end of two branches once; assignments,
/// parameters, blocks and branches that nothing needs gone, and what that leaves written more shortly. Last, 22 KB more: functions in
/// the order of their names, which puts what one generic was compiled to for many types side by side, where packing finds it alike.
/// The whole of `-Oz` makes the worker smaller unpacked and 40 KB larger packed.
const PASSES: [&str; 14] = [
    "--rse",
    "--code-folding",
    "--dae-optimizing",
    "--optimize-instructions",
    "--remove-unused-brs",
    "--merge-blocks",
    "--simplify-locals-nostructure",
    "--precompute",
    "--optimize-instructions",
    "--remove-unused-brs",
    "--vacuum",
    "--reorder-locals",
    "--duplicate-function-elimination",
    "--reorder-functions-by-name",
];

/// Classes that crate `worker` and its streams export and that nothing here makes or is handed: a fifth of the glue's text.
const UNUSED: [&str; 6] = [
    "ContainerStartupOptions",
    "IntoUnderlyingByteSource",
    "IntoUnderlyingSink",
    "IntoUnderlyingSource",
    "MinifyConfig",
    "R2Range",
];

/// Builds the worker into `<target>/sekisho/edge/{index.js,index_bg.wasm}` with the operator's texts beside them, as they stand in
/// `edge/`, or, with the feature `conformance`, the store's conformance suite into `<target>/sekisho/conformance/`.
///
/// The entry is `edge/src/cloudflare/js/shim.mjs` (or `conformance.mjs`); it and the modules beside it may import
/// `./index.js`, which is wasm-bindgen's glue.
///
/// # Errors
/// When the crate does not compile, the shim is not there or a tool fails.
pub fn build(workspace: &Workspace, features: Option<&str>) -> Result<()> {
    let conformance = features.is_some_and(|all| all.split(',').any(|one| one == "conformance"));
    let (name, entry) = if conformance { ("conformance", "conformance.mjs") } else { ("edge", "shim.mjs") };
    let wasm = Compile {
        package: "sekisho-edge",
        profile: "edge",
        features,
        apart: None,
        // The macros of crate `worker` then use js-sys's own futures, which survive the reset after a panic.
        environment: &[("WASM_BINDGEN_USE_JS_SYS", "1")],
    }
    .run(workspace)?;

    let out = workspace.target.join("sekisho").join(name);
    let parts = workspace.target.join("sekisho").join(format!("{name}-parts"));
    let modules = modules(&workspace.root.join("edge/src/cloudflare/js"))?;
    let texts = TEXTS.map(|(text, _)| workspace.root.join("edge").join(text));
    let mut inputs = vec![wasm.clone(), tools::lock(workspace)];
    inputs.extend(modules.iter().chain(&texts).cloned());
    let stamp = Stamp::of(&out, &inputs)?;
    let made = ["index.js", "index_bg.wasm"].into_iter().chain(TEXTS.map(|(_, name)| name)).map(|name| out.join(name));
    if stamp.fresh(&made.collect::<Vec<_>>()) {
        eprintln!("    {name}: unchanged");
        return Ok(());
    }

    eprintln!("    {name}: bindgen, wasm-opt");
    emptied(&parts)?;
    bind(&wasm, &parts)?;
    // What was thrown is caught in wasm, here alone: no browser reads this file.
    let mut arguments = vec!["index_bg.wasm", "-o", "index_bg.wasm", "--enable-exception-handling"];
    arguments.extend(PASSES.iter().chain(&FEATURES));
    tools::run(workspace, "wasm-opt", &parts, &arguments)?;
    for module in &modules {
        fs::copy(module, parts.join(module.file_name().unwrap_or_default()))?;
    }
    eprintln!("    {name}: bundle");
    emptied(&out)?;
    bundle(workspace, &parts, entry, &out)?;
    fs::copy(parts.join("index_bg.wasm"), out.join("index_bg.wasm"))?;
    for (text, (_, name)) in texts.iter().zip(TEXTS) {
        lay(text, &out.join(name)).with_context(|| format!("{} cannot be laid beside the worker", text.display()))?;
    }
    stamp.keep()?;
    eprintln!("    {name}: {}", out.display());
    Ok(())
}

/// A text as the worker reads it: TOML becomes JSON.
fn lay(from: &Path, to: &Path) -> Result<()> {
    let text = fs::read_to_string(from)?;
    let toml = from.extension().is_some_and(|extension| extension == "toml");
    let text = if toml { serde_json::to_string(&toml::from_str::<serde_json::Value>(&text)?)? } else { text };
    Ok(fs::write(to, text)?)
}

/// wasm-bindgen's glue. The reset function and the abort handler are what let the shim start a fresh instance after a
/// panic; without them one panic would answer every later request with the same error. Names stay in it for wasm-opt, which goes by
/// them and writes none.
fn bind(wasm: &Path, parts: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name("index").module(true)?;
    bindgen.typescript(false).reset_state_function(true).force_enable_abort_handler(true);
    bindgen.generate(parts).context("wasm-bindgen refused the worker's wasm")?;
    let glue = parts.join("index.js");
    let mut text = fs::read_to_string(&glue)?;
    for name in UNUSED {
        let class = [format!("class {name} {{"), format!("if (Symbol.dispose) {name}.")];
        for [first, last] in [class, [format!("const {name}Finalization = "), "});".to_owned()]] {
            let Some(from) = text.find(&first).map(|at| text[..at].rfind('\n').map_or(0, |end| end + 1)) else {
                continue;
            };
            let end = text[from..].find(&last).and_then(|at| Some(at + text[from + at..].find('\n')? + 1));
            text.replace_range(from..from + end.unwrap_or_default(), "");
        }
    }
    Ok(fs::write(glue, text)?)
}

/// One JavaScript file. The wasm stays a file of its own, because `workerd` compiles it when it loads the module.
fn bundle(workspace: &Workspace, parts: &Path, entry: &str, out: &Path) -> Result<()> {
    let outfile = out.join("index.js");
    let entry = format!("./{entry}");
    let to = format!("--outfile={}", outfile.display());
    let texts = TEXTS.map(|(_, name)| format!("--external:./{name}"));
    let flags = ["--external:./index_bg.wasm", "--external:cloudflare:*", "--format=esm", "--log-level=warning"];
    // Names stay, for a stack trace's sake.
    let mut arguments = vec!["--bundle", entry.as_str(), to.as_str(), "--minify-syntax", "--minify-whitespace"];
    arguments.extend(flags);
    arguments.extend(texts.iter().map(String::as_str));
    tools::run(workspace, "esbuild", parts, &arguments)?;
    // esbuild keeps the source-phase import that bindgen writes; workerd gives a compiled module to a plain import.
    let text = fs::read_to_string(&outfile)?;
    Ok(fs::write(&outfile, text.replace("import source ", "import "))?)
}

/// Every JavaScript module of the worker's platform side.
fn modules(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).with_context(|| format!("{} cannot be read", directory.display()))?;
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.map(|e| e.path())).collect::<std::io::Result<_>>()?;
    found.retain(|path| path.extension().is_some_and(|e| e == "mjs"));
    found.sort();
    Ok(found)
}
