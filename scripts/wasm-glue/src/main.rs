//! Runs wasm-bindgen as a library, so that Cargo.lock keeps its version equal to that of `wasm-bindgen` itself, as it must
//! be, and a fresh machine compiles this alone and not the whole command-line tool:
//! `wasm-glue IN.wasm OUT_FOLDER NAME` writes `NAME.js` and `NAME_bg.wasm`.

use std::{env, path::PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let mut next = || {
        arguments
            .next()
            .context("wasm-glue IN.wasm OUT_FOLDER NAME")
    };
    let (module, folder, name) = (next()?, PathBuf::from(next()?), next()?);
    Bindgen::new()
        .input_path(module)
        .out_name(&name)
        .web(true)?
        .typescript(false)
        .keep_debug(true)
        .generate(folder)
}
