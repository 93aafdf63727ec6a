//! The cookies that a page's scripts may read; they identify nobody.
//!
//! One says that this browser pressed in a session: a page whose storage was lost, or whose press was sent as a plain form,
//! then knows that there is something to ask the server for. The other briefly says that the server has erased this
//! browser, so that the page clears its data too.

use super::code::Code;

/// The name of the cookie.
pub const NAME: &str = "pressed";

/// How long it is kept, in seconds: 30 days, as long as a browser keeps its own presses.
const MAX_AGE_SECONDS: u32 = 30 * 24 * 60 * 60;

/// The name of the cookie that says that this browser was erased.
const FORGOTTEN: &str = "forgotten";

/// How long it is kept if no script removes it, in seconds: longer than a page takes to load its scripts.
const FORGOTTEN_MAX_AGE_SECONDS: u32 = 10 * 60;

/// Who pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// The page's scripts, which kept the answer.
    Kept,
    /// A plain form: the scripts have not seen the answer. Or the scripts, where there was no room to keep it.
    Form,
}

impl Pressed {
    fn value(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Form => "form",
        }
    }
}

/// Sets the cookie: the value of a `Set-Cookie` header, or of `document.cookie`.
pub fn set_cookie(code: &Code, pressed: Pressed, is_https: bool) -> String {
    let value = pressed.value();
    let secure = secure(is_https);
    format!("{NAME}={value}; Path=/s/{code}; Max-Age={MAX_AGE_SECONDS}; SameSite=Lax{secure}")
}

/// Removes the cookie, in the same form as `set_cookie`.
pub fn unset_cookie(code: &Code, is_https: bool) -> String {
    let secure = secure(is_https);
    format!("{NAME}=; Path=/s/{code}; Max-Age=0; SameSite=Lax{secure}")
}

/// Reads it from the cookies of a document, separated by semicolons; `None` if it is not among them.
pub fn read(cookies: &str) -> Option<Pressed> {
    let value = value(cookies, NAME)?;
    [Pressed::Kept, Pressed::Form]
        .into_iter()
        .find(|pressed| pressed.value() == value)
}

/// Tells the page after the form that this browser was erased: the value of a `Set-Cookie` header. The address alone could
/// come from any site's link.
pub fn set_forgotten_cookie(is_https: bool) -> String {
    let secure = secure(is_https);
    format!("{FORGOTTEN}=yes; Path=/; Max-Age={FORGOTTEN_MAX_AGE_SECONDS}; SameSite=Strict{secure}")
}

/// Removes that cookie, once the page has read it.
pub fn unset_forgotten_cookie(is_https: bool) -> String {
    let secure = secure(is_https);
    format!("{FORGOTTEN}=; Path=/; Max-Age=0; SameSite=Strict{secure}")
}

/// Whether the cookies of a document, separated by semicolons, say that this browser was erased.
pub fn is_forgotten(cookies: &str) -> bool {
    value(cookies, FORGOTTEN) == Some("yes")
}

fn value<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = cookies
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn secure(is_https: bool) -> &'static str {
    if is_https { "; Secure" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_that_was_set_is_read_again_among_others() {
        for pressed in [Pressed::Kept, Pressed::Form] {
            let set = set_cookie(&Code::from_random([0; 6]), pressed, true);
            let pair = set.split(';').next().unwrap();
            assert_eq!(read(&format!("a=b; {pair}; c")), Some(pressed));
        }
        assert_eq!(read(""), None);
        assert_eq!(read("pressed=; unpressed=form"), None);
    }

    #[test]
    fn that_a_browser_was_forgotten_is_said_to_its_next_page() {
        let set = set_forgotten_cookie(false);
        insta::assert_snapshot!(set, @"forgotten=yes; Path=/; Max-Age=600; SameSite=Strict");
        assert!(is_forgotten(set.split(';').next().unwrap()));
        assert!(!is_forgotten(
            unset_forgotten_cookie(false).split(';').next().unwrap()
        ));
    }

    #[test]
    fn the_mark_belongs_to_its_session_and_goes_after_thirty_days() {
        let code = Code::from_random([0; 6]);
        insta::assert_snapshot!(set_cookie(&code, Pressed::Form, false), @"pressed=form; Path=/s/000000; Max-Age=2592000; SameSite=Lax");
        insta::assert_snapshot!(unset_cookie(&code, true), @"pressed=; Path=/s/000000; Max-Age=0; SameSite=Lax; Secure");
    }
}
