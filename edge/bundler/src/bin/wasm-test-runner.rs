//! The program cargo calls to run a wasm test binary: it serves the page, drives headless Chromium and reports.
//!
//! It is wasm-bindgen's own runner, used as a library so that its version comes from `Cargo.lock` and nothing has to be
//! installed. Nothing of Sekisho belongs in here.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
