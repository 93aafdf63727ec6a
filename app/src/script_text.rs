//! Scripts of our own as browsers get them.

/// A script without its comments, each of which has lines of its own, and without what indents it.
pub(crate) fn without_comments(source: &str) -> String {
    let lines = source.lines().map(str::trim);
    let code = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_code_stays() {
        let source = "// Says why.\n(() => {\n  // And how.\n\n  const url = 'https://x';\n})();\n";
        assert_eq!(
            without_comments(source),
            "(() => {\nconst url = 'https://x';\n})();"
        );
    }
}
