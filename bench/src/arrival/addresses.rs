//! The addresses of the files that a page loads, as its HTML names them.

/// The endings of files that browsers load with a page.
const LOADED: [&str; 8] = [
    ".js",
    ".wasm",
    ".css",
    ".woff2",
    ".svg",
    ".png",
    ".ico",
    ".webmanifest",
];
/// What stands around an address, quoted or not.
const AROUND: &[char] = &[
    '"', '\'', '`', '<', '>', '=', '(', ')', ',', ' ', '\t', '\n', '\r',
];

/// The files that a browser loads with this page, in the order in which it names them, each once.
///
/// The icon of a home screen is not among them: it is loaded when somebody puts the page there.
pub(crate) fn files(html: &str) -> Vec<String> {
    let words = || html.split(AROUND).filter(|word| !word.is_empty());
    let mut files: Vec<String> = Vec::new();
    let mut add = |file: String| {
        if !files.contains(&file) {
            files.push(file);
        }
    };
    for word in words() {
        let is_loaded = LOADED.iter().any(|ending| word.ends_with(ending));
        let is_own = word.starts_with('/') && !word.starts_with("//") && !word.starts_with("/s/");
        if is_own && is_loaded && !word.contains("apple-touch-icon") {
            add(word.into());
        }
    }
    // The script that loads the bundle may be all that names it: a folder, and names without endings.
    let named: Vec<_> = words().collect();
    for [folder, script, module] in named.array_windows() {
        let has_hash = |name: &str| name.contains('.') && !name.contains(['/', ';', '{', '$']);
        if *folder == "pkg" && has_hash(script) && has_hash(module) {
            add(format!("/pkg/{script}.js"));
            add(format!("/pkg/{module}.wasm"));
        }
    }
    files
}

/// The one with this ending.
pub(crate) fn ending<'a>(files: &'a [String], ending: &str) -> Option<&'a str> {
    let found = files.iter().find(|file| file.ends_with(ending));
    found.map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_in_attributes_quoted_or_not() {
        let html = r#"<link rel="icon" href="/favicon.svg"><link rel=apple-touch-icon href=/apple-touch-icon.png>
            <link rel=preload href=/fonts/a.woff2 as=font><link href="/pkg/clips.1f.css" rel="stylesheet">
            <link rel="modulepreload" href="/pkg/viewer.2e.js"><img src='/s/7KQ2MX/qr.svg'>
            <a href="/privacy">x</a><a href="https://x.example/y.js">x</a><a href="//x.example/z.js">x</a>
            <link rel="manifest" href="/manifest.webmanifest"><link href="/favicon.svg">"#;
        let wanted = [
            "/favicon.svg",
            "/fonts/a.woff2",
            "/pkg/clips.1f.css",
            "/pkg/viewer.2e.js",
            "/manifest.webmanifest",
        ];
        assert_eq!(files(html), wanted);
        assert_eq!(ending(&files(html), ".js"), Some("/pkg/viewer.2e.js"));
        assert_eq!(ending(&files(html), ".wasm"), None);
    }

    #[test]
    fn the_bundle_is_found_in_the_script_that_loads_it() {
        let script = r#"<script type="module" nonce="x">(function (root, pkg_path, output_name) {
            import(`${root}/${pkg_path}/${output_name}.js`) })("", "pkg", "viewer.1a", "viewer.2b", false);</script>"#;
        assert_eq!(files(script), ["/pkg/viewer.1a.js", "/pkg/viewer.2b.wasm"]);
        let preloaded = format!(r#"<link href="/pkg/viewer.1a.js">{script}"#);
        assert_eq!(files(&preloaded), files(script));
        let written_out =
            r#"<script>import('/pkg/v.1.js').then(m=>m.default({a:'/pkg/v.2.wasm'}))</script>"#;
        assert_eq!(files(written_out), ["/pkg/v.1.js", "/pkg/v.2.wasm"]);
    }
}
