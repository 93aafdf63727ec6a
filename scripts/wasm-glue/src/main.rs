//! Runs wasm-bindgen as a library, so that Cargo.lock keeps its version equal to that of `wasm-bindgen` itself, as it must
//! be, and a fresh machine compiles this alone and not the whole command-line tool:
//! `wasm-glue IN.wasm OUT_FOLDER NAME` writes `NAME.js` and `NAME_bg.wasm`.
//!
//! With the further word `split`, what only `#[wasm_split]` functions lead to becomes modules of its own, `split_*.wasm`. The
//! module must then have been linked with `--emit-relocs`.

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::{Options, transform};

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let mut next = || {
        arguments
            .next()
            .context("wasm-glue IN.wasm OUT_FOLDER NAME [split]")
    };
    let (mut module, folder, name) = (PathBuf::from(next()?), PathBuf::from(next()?), next()?);
    let is_split = arguments.next().is_some_and(|word| word == "split");
    if is_split {
        let whole = fs::read(&module)?;
        module = folder.join(format!("{name}_main.wasm"));
        let mut options = Options::new(&whole);
        options.output_dir = &folder;
        options.main_out_path = &module;
        // `{:#}` tells the causes too.
        transform(options).map_err(|error| anyhow!("{error:#}"))?;
    }
    Bindgen::new()
        .input_path(module)
        .out_name(&name)
        .web(true)?
        .typescript(false)
        .keep_debug(true)
        // The table of functions, through which modules call each other.
        .keep_lld_exports(is_split)
        .generate(folder)
}
